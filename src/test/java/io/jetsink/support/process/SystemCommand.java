package io.jetsink.support.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command of the system to its end. */
public final class SystemCommand {
    private SystemCommand() {}

    /** What the command printed; an error with the end of it if it failed or took too long. */
    public static String run(Duration atMost, String... command) throws IOException {
        return runIn(Path.of("."), atMost, List.of(command));
    }

    public static String runIn(Path folder, Duration atMost, List<String> command) throws IOException {
        var output = Files.createTempFile("jetsink-", ".out");
        try {
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            process.getOutputStream().close();
            try {
                if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException(command.get(0) + " took longer than " + atMost);
                }
            } finally {
                process.destroyForcibly();
            }
            var text = Files.readString(output).strip();
            if (process.exitValue() != 0) {
                throw new IOException(command.get(0) + " ended with " + process.exitValue() + ": " + lastLine(text));
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(command.get(0) + " was interrupted");
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static String lastLine(String text) {
        return text.substring(text.lastIndexOf('\n') + 1);
    }
}
