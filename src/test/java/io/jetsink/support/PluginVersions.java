package io.jetsink.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.support.process.ClassesJar;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.SystemCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Archives of other versions of the connector than the one that this build packaged. */
public final class PluginVersions {
    /** The version that this build packaged. */
    public static final String CURRENT = System.getProperty("jetsink.version", "");

    private static final Path BASE = Path.of(System.getProperty("jetsink.basedir", "."));
    private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(15);

    private PluginVersions() {}

    /**
     * Returns the packaged archive with another version: in the names of its folder and its jar, in the manifest, and in the
     * resource of the jar from which the connector reads its version.
     *
     * @param folder where to put the archive
     */
    public static Path renamed(Path folder, String version) throws IOException {
        Path packaged = Path.of(System.getProperty("jetsink.zip"));
        Path renamed = folder.resolve(packaged.getFileName().toString().replace(CURRENT, version));
        Files.write(renamed, renamed(Files.readAllBytes(packaged), version));
        return renamed;
    }

    private static byte[] renamed(byte[] archive, String version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream from = new ZipInputStream(new ByteArrayInputStream(archive));
                ZipOutputStream to = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                String name = entry.getName();
                byte[] content = from.readAllBytes();
                if (name.endsWith("/version.properties") || name.endsWith("/manifest.json")) {
                    content =
                            new String(content, UTF_8).replace(CURRENT, version).getBytes(UTF_8);
                } else if (name.endsWith("/kafka-connect-nats-jetstream-" + CURRENT + ".jar")) {
                    content = renamed(content, version);
                }
                ClassesJar.add(to, name.replace("jetstream-" + CURRENT, "jetstream-" + version), content);
            }
        }
        return bytes.toByteArray();
    }

    /**
     * Returns the archive of a commit of this repository. The first call builds it, which needs the history of the repository.
     *
     * @param version that the commit has in its POM
     */
    public static Path built(String commit, String version) throws IOException {
        Path built = BASE.resolve("target/versions/jetsink-kafka-connect-nats-jetstream-" + version + ".zip");
        if (Files.notExists(built)) {
            Path folder = ProcessFiles.newFolder("version");
            try {
                checkOut(commit, version, folder);
                build(folder);
                Files.createDirectories(built.getParent());
                Files.move(folder.resolve("target").resolve(built.getFileName()), built);
            } finally {
                ProcessFiles.delete(folder);
            }
        }
        return built;
    }

    private static void checkOut(String commit, String version, Path folder) throws IOException {
        Path sources = folder.resolve("sources.zip");
        try {
            SystemCommand.runIn(BASE, BUILD_TIMEOUT, List.of("git", "archive", "--output", sources.toString(), commit));
        } catch (IOException e) {
            throw new IOException(
                    "this clone has no commit " + commit + ", from which version " + version
                            + " is built: fetch the history with git fetch --unshallow",
                    e);
        }
        ProcessFiles.unzip(sources, folder);
    }

    /** Maven may have all that the build needs. */
    private static void build(Path folder) throws IOException {
        try {
            build(folder, "--offline");
        } catch (IOException notAllIsThere) {
            build(folder, "--batch-mode");
        }
    }

    private static void build(Path folder, String option) throws IOException {
        SystemCommand.runIn(folder, BUILD_TIMEOUT, List.of("mvn", option, "-q", "-DskipTests", "package"));
    }
}
