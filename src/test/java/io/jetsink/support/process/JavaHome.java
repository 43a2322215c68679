package io.jetsink.support.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The folders of JDKs. */
public final class JavaHome {
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");

    private JavaHome() {}

    /** Returns the folder of this JVM. */
    public static Path own() {
        return Path.of(System.getProperty("java.home"));
    }

    /** Returns the folder of a JDK of a version: the variable {@code JAVA25_HOME}, this JVM or an installed one. */
    public static Path of(int feature) {
        String variable = "JAVA" + feature + "_HOME";
        String set = System.getenv(variable);
        if (set != null) {
            return Path.of(set);
        }
        if (Runtime.version().feature() == feature) {
            return own();
        }
        try (Stream<Path> installed = Files.isDirectory(INSTALLED) ? Files.list(INSTALLED) : Stream.empty()) {
            return installed
                    .filter(home -> isOf(home, feature))
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("There is no JDK " + feature + " in " + INSTALLED
                            + ": install one, or set " + variable + " to its folder"));
        } catch (IOException e) {
            throw new UncheckedIOException("The installed JDKs cannot be listed", e);
        }
    }

    private static boolean isOf(Path home, int feature) {
        Path release = home.resolve("release");
        try {
            return Files.isRegularFile(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"" + feature + ".")
                    && Files.isExecutable(home.resolve(Path.of("bin", "java")));
        } catch (IOException e) {
            throw new UncheckedIOException(release + " cannot be read", e);
        }
    }
}
