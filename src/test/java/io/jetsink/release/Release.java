package io.jetsink.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.SystemCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Collects the files of a release in {@code target/release} and adds plugin image, provenance, checksums and signatures. Run by
 * {@code mvn -Prelease package}.
 *
 * @param base the root of the sources
 * @param zip the plugin zip in {@code target}
 * @param artifact the name of the jar without its suffix
 * @param time the time of the release
 * @param commit the commit of the sources, or empty to look it up
 * @param key the key of gpg that signs, or empty for no signatures
 */
record Release(
        Path base, Path zip, String artifact, String version, Instant time, String maven, String commit, String key) {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    public static void main(String[] args) {
        try {
            Release release = new Release(
                    Path.of(System.getProperty("jetsink.basedir")),
                    Path.of(System.getProperty("jetsink.zip")),
                    System.getProperty("release.artifact"),
                    System.getProperty("jetsink.version"),
                    Instant.parse(System.getProperty("release.time")),
                    System.getProperty("release.maven"),
                    System.getProperty("source.commit"),
                    System.getProperty("gpg.keyname"));
            for (Path file : release.write(System.err)) {
                System.out.println(file);
            }
        } catch (IOException e) {
            System.err.println("The release cannot be built: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Returns the written files. */
    List<Path> write(PrintStream warnings) throws IOException {
        Optional<String> source = source(warnings);
        Path target = zip.resolveSibling(".");
        Path folder = target.resolve("release").normalize();
        ProcessFiles.delete(folder);
        Files.createDirectory(folder);

        Path bill = target.resolve("bom.json");
        if (Files.notExists(bill)) {
            throw new IOException(
                    "target/bom.json is missing: run Maven without -o, which disables the bill of materials");
        }
        String archive = zip.getFileName().toString().replaceFirst("\\.zip$", "");
        List<Path> files = new ArrayList<>();
        files.add(Files.copy(zip, folder.resolve(archive + ".zip")));
        files.add(Files.write(folder.resolve(archive + "-oci.tar"), PluginImage.of(zip, version, time)));
        for (String suffix : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
            files.add(Files.write(folder.resolve(artifact + suffix), withoutModes(target.resolve(artifact + suffix))));
        }
        files.add(Files.copy(base.resolve("pom.xml"), folder.resolve(artifact + ".pom")));
        files.add(Files.copy(bill, folder.resolve(artifact + "-cyclonedx.json")));

        JsonNode materials = new JsonMapper().readTree(bill.toFile());
        byte[] statement = Provenance.statement(
                files, materials, source, version, System.getProperty("java.runtime.version"), maven);
        files.add(Files.write(folder.resolve(archive + "-provenance.json"), statement));

        StringBuilder sha256 = new StringBuilder();
        StringBuilder sha512 = new StringBuilder();
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            sha256.append(Digests.sha256(content))
                    .append("  ")
                    .append(file.getFileName())
                    .append('\n');
            sha512.append(Digests.sha512(content))
                    .append("  ")
                    .append(file.getFileName())
                    .append('\n');
        }
        files.add(Files.writeString(folder.resolve("SHA256SUMS"), sha256, StandardCharsets.UTF_8));
        files.add(Files.writeString(folder.resolve("SHA512SUMS"), sha512, StandardCharsets.UTF_8));
        for (Path file : key.isEmpty() ? List.<Path>of() : List.copyOf(files)) {
            SystemCommand.run(
                    PATIENCE, "gpg", "--batch", "--armor", "--local-user", key, "--detach-sign", file.toString());
            files.add(Path.of(file + ".asc"));
        }
        return files;
    }

    /** Returns a jar without the modes of files, which depend on the umask of the build. */
    private byte[] withoutModes(Path jar) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarFile original = new JarFile(jar.toFile());
                ZipOutputStream copy = new ZipOutputStream(bytes)) {
            for (ZipEntry entry : Collections.list(original.entries())) {
                ZipEntry copied = new ZipEntry(entry.getName());
                copied.setTimeLocal(LocalDateTime.ofInstant(time, ZoneOffset.UTC));
                copy.putNextEntry(copied);
                try (InputStream content = original.getInputStream(entry)) {
                    content.transferTo(copy);
                }
                copy.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private Optional<String> source(PrintStream warnings) throws IOException {
        if (!commit.isEmpty()) {
            return Optional.of(commit);
        }
        try {
            return Optional.of(SourceCommit.of(base));
        } catch (IOException e) {
            String problem = "The commit of the sources is unknown: " + e.getMessage()
                    + "\nBuild in a clean clone of the repository, or set -Dsource.commit=<hash>.";
            if (!key.isEmpty()) {
                throw new IOException(problem, e);
            }
            warnings.println("WARNING: " + problem + " The provenance names no commit.");
            return Optional.empty();
        }
    }
}
