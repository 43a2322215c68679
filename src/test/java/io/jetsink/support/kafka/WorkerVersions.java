package io.jetsink.support.kafka;

import io.jetsink.support.process.ProcessClassPath;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Class paths of Connect workers of other versions than the tests' own. Maven resolves them, once. */
public final class WorkerVersions {
    private static final Path FOLDER = Path.of(System.getProperty("jetsink.basedir", "."), "target", "workers");

    private WorkerVersions() {}

    /** Returns the class path of a worker of this version of Kafka. */
    public static String classPath(String version) {
        Path folder = FOLDER.resolve(version);
        Path file = folder.resolve("classpath.txt");
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(folder);
                Files.writeString(folder.resolve("pom.xml"), pom(version));
                resolve(folder, file);
            }
            return Files.readString(file).trim() + File.pathSeparator + ProcessClassPath.ofLogging();
        } catch (IOException e) {
            throw new UncheckedIOException("No class path of Kafka " + version, e);
        }
    }

    private static String pom(String version) {
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>io.jetsink</groupId>
                  <artifactId>worker</artifactId>
                  <version>1</version>
                  <dependencies>
                    <dependency>
                      <groupId>org.apache.kafka</groupId>
                      <artifactId>connect-runtime</artifactId>
                      <version>%1$s</version>
                    </dependency>
                    <dependency>
                      <groupId>org.apache.kafka</groupId>
                      <artifactId>connect-json</artifactId>
                      <version>%1$s</version>
                    </dependency>
                  </dependencies>
                </project>
                """.formatted(version);
    }

    private static void resolve(Path folder, Path file) throws IOException {
        Path log = folder.resolve("maven.log");
        Process maven = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-q",
                        "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath",
                        "-Dmdep.outputFile=" + file.toAbsolutePath())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!maven.waitFor(10, TimeUnit.MINUTES) || maven.exitValue() != 0) {
                maven.destroyForcibly();
                throw new IOException("Maven has not resolved the worker: see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Maven resolved the worker", e);
        }
    }
}
