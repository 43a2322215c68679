package io.jetsink.support.prometheus;

import io.jetsink.support.debian.DebianPackage;
import io.jetsink.support.process.ProcessFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The programs of Prometheus, looked up in this order: on the {@code PATH}, a copy that an earlier run has cached, the
 * package of the distribution. The system property {@code prometheus.cache} moves the cache.
 */
public enum PrometheusBinary {
    PROMETHEUS("prometheus"),
    PROMTOOL("promtool");

    /** The suite of Debian with the oldest version that the rules are for, 2.42. */
    private static final String SUITE = "bookworm";
    /** A file lock keeps out other JVMs only. */
    private static final Object IN_THIS_JVM = new Object();

    private final String program;

    PrometheusBinary(String program) {
        this.program = program;
    }

    /** Returns an executable; an error that names every way that was tried if there is none. */
    public Path path() {
        Path onPath = onPath();
        if (onPath != null) {
            return onPath;
        }
        Path cached = cache().resolve(program);
        if (!Files.isExecutable(cached)) {
            fetch();
        }
        return cached;
    }

    private @Nullable Path onPath() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static Path cache() {
        String standard = Path.of(System.getProperty("user.home"), ".cache", "jetsink", "prometheus")
                .toString();
        return Path.of(System.getProperty("prometheus.cache", standard), SUITE);
    }

    private static void fetch() {
        Path cache = cache();
        try {
            Files.createDirectories(cache);
            synchronized (IN_THIS_JVM) {
                try (FileChannel channel = FileChannel.open(
                                cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        var ignored = channel.lock()) {
                    if (!Files.isExecutable(cache.resolve(PROMETHEUS.program))) {
                        fetchLocked(cache);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The cache " + cache + " cannot be used", e);
        }
    }

    /** Moves prometheus last: the other one is then there, too. */
    private static void fetchLocked(Path cache) throws IOException {
        List<String> tried = new ArrayList<>(List.of("PATH: no prometheus"));
        for (DebianPackage source : DebianPackage.inSuites("prometheus", SUITE)) {
            Path folder = Files.createTempDirectory(cache, "fetch-");
            try {
                Path programs = source.unpackInto(folder).resolve("usr/bin");
                for (PrometheusBinary binary : List.of(PROMTOOL, PROMETHEUS)) {
                    Files.move(
                            programs.resolve(binary.program),
                            cache.resolve(binary.program),
                            StandardCopyOption.ATOMIC_MOVE,
                            StandardCopyOption.REPLACE_EXISTING);
                }
                return;
            } catch (IOException e) {
                tried.add(source.title() + ": " + e);
            } finally {
                ProcessFiles.delete(folder);
            }
        }
        throw new IllegalStateException("This machine has no Prometheus:\n  " + String.join("\n  ", tried)
                + "\nInstall prometheus and promtool, or put both into " + cache);
    }
}
