package io.jetsink.faults;

import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.process.SystemCommand;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;

/** The wall clock of workers, for them alone, which can be set: a library in C that is loaded before the C library. */
final class WorkerClock {
    private static final String COMPILER = "cc";

    private Path folder = Path.of("");

    /** Whether there is a C compiler. */
    static boolean isPossible() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, COMPILER)));
    }

    /** Workers with this clock. */
    ConnectCluster.Builder in(ConnectCluster.Builder workers) {
        try {
            folder = Files.createTempDirectory("jetsink-clock-");
        } catch (IOException e) {
            throw new UncheckedIOException("No folder for a clock", e);
        }
        set(Duration.ZERO);
        return workers.environment("LD_PRELOAD", library().toString()).environment("JETSINK_CLOCK", file().toString());
    }

    /** From now on it is so far ahead of the machine's; behind, if that is negative. */
    void set(Duration ahead) {
        byte[] seconds = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(ahead.toSeconds())
                .array();
        try {
            // In place: processes have mapped the file.
            Files.write(file(), seconds, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("The clock cannot be set", e);
        }
    }

    private Path file() {
        return folder.resolve("ahead");
    }

    private Path library() {
        Path source = folder.resolve("clock.c");
        Path library = folder.resolve("clock.so");
        try (InputStream text = Objects.requireNonNull(WorkerClock.class.getResourceAsStream("clock.c"), "clock.c")) {
            Files.copy(text, source);
            String command = COMPILER + " -shared -fPIC -O2 -o " + library + " " + source + " -ldl";
            SystemCommand.run(Duration.ofSeconds(60), command.split(" "));
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException("No clock for workers", e);
        }
    }
}
