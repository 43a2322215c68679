package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that has ended.
 *
 * @param status 0 after success
 * @param output what it printed, both streams
 */
record ShellRun(int status, String output) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Runs a command of the system with these variables in addition. */
    static ShellRun of(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile("jetsink-", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(file.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return new ShellRun(-1, command + " has not ended: " + Files.readString(file, UTF_8));
            }
            return new ShellRun(process.exitValue(), Files.readString(file, UTF_8));
        } finally {
            Files.delete(file);
        }
    }

    boolean succeeded() {
        return status == 0;
    }
}
