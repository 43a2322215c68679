package io.jetsink.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collects the files of a small release. ReproducibleBuildIT builds and signs a whole one. */
final class ReleaseTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final Instant TIME = Instant.parse("2026-12-24T18:00:00Z");
    private static final List<String> FILES = List.of(
            "jetsink-plugin-1.2.3.zip",
            "jetsink-plugin-1.2.3-oci.tar",
            "plugin-1.2.3.jar",
            "plugin-1.2.3-sources.jar",
            "plugin-1.2.3-javadoc.jar",
            "plugin-1.2.3.pom",
            "plugin-1.2.3-cyclonedx.json");

    @TempDir
    private Path base;

    private final ByteArrayOutputStream warnings = new ByteArrayOutputStream();

    @BeforeEach
    void build() throws IOException {
        Files.writeString(base.resolve("pom.xml"), "<project/>");
        Files.createDirectories(target("release"));
        Files.writeString(target("release/left-over"), "");
        for (String suffix : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
            zip("plugin-1.2.3" + suffix, "META-INF/MANIFEST.MF", "b", "a");
        }
        Files.writeString(target("bom.json"), """
                {"components": [{"purl": "pkg:maven/a/b@1", "hashes": [
                    {"alg": "MD5", "content": "05"}, {"alg": "SHA-256", "content": "256"}]}]}
                """);
        zip("jetsink-plugin-1.2.3.zip", "jetsink-plugin-1.2.3/lib/plugin.jar");
    }

    private void zip(String file, String... names) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target(file)))) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
    }

    @Test
    void theFolderContainsThisReleaseOnly() throws IOException {
        List<Path> written = write(COMMIT, "");

        assertThat(written).allSatisfy(file -> assertThat(file).isNotEmptyFile());
        assertThat(written.stream().map(file -> file.getFileName().toString())).containsSubsequence(FILES);
        try (Stream<Path> files = Files.list(target("release"))) {
            assertThat(files).containsExactlyInAnyOrderElementsOf(written);
        }
    }

    @Test
    void jarsKeepTheirContentAndHaveTheTimeOfTheRelease() throws IOException {
        write(COMMIT, "");

        try (JarFile jar =
                new JarFile(target("release/plugin-1.2.3-sources.jar").toFile())) {
            assertThat(jar.stream().map(ZipEntry::getName)).containsExactly("META-INF/MANIFEST.MF", "b", "a");
            for (ZipEntry entry : Collections.list(jar.entries())) {
                assertThat(entry.getTimeLocal()).isEqualTo(LocalDateTime.ofInstant(TIME, ZoneOffset.UTC));
                assertThat(jar.getInputStream(entry)).hasContent(entry.getName());
            }
        }
    }

    @Test
    void checksumsCoverEachOtherFile() throws IOException {
        write(COMMIT, "");

        checksums("SHA256SUMS", "SHA-256");
        checksums("SHA512SUMS", "SHA-512");
    }

    private void checksums(String name, String algorithm) throws IOException {
        List<String> lines = Files.readAllLines(target("release").resolve(name));
        assertThat(lines)
                .extracting(line -> line.replaceFirst("^[0-9a-f]+ {2}", ""))
                .containsSubsequence(FILES)
                .hasSize(FILES.size() + 1)
                .contains("jetsink-plugin-1.2.3-provenance.json");
        assertThat(lines).allSatisfy(line -> {
            String[] words = line.split(" {2}", 2);
            assertThat(target("release").resolve(words[1])).hasDigest(algorithm, words[0]);
        });
    }

    @Test
    void theProvenanceNamesFilesCommitAndLibraries() throws IOException {
        write(COMMIT, "");

        JsonNode statement = provenance();
        assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(statement.path("predicateType").asText()).isEqualTo("https://slsa.dev/provenance/v1");
        assertThat(statement.path("subject"))
                .extracting(subject -> subject.path("name").asText())
                .containsExactlyElementsOf(FILES);
        assertThat(statement.path("subject")).allSatisfy(subject -> {
            Path file = target("release").resolve(subject.path("name").asText());
            assertThat(file).hasDigest("SHA-256", subject.at("/digest/sha256").asText());
            assertThat(file).hasDigest("SHA-512", subject.at("/digest/sha512").asText());
        });
        JsonNode definition = statement.at("/predicate/buildDefinition");
        assertThat(definition.path("buildType").asText()).isNotEmpty();
        assertThat(definition.at("/externalParameters/version").asText()).isEqualTo("1.2.3");
        assertThat(definition.at("/internalParameters/maven").asText()).isEqualTo("3.8.7");
        assertThat(definition.path("resolvedDependencies"))
                .isEqualTo(new JsonMapper()
                        .readTree("[{\"name\": \"source\", \"digest\": {\"gitCommit\": \"" + COMMIT
                                + "\"}}, {\"uri\": \"pkg:maven/a/b@1\", \"digest\": {\"sha256\": \"256\"}}]"));
        assertThat(statement.at("/predicate/runDetails/builder/id").asText()).isNotEmpty();
        assertThat(warnings()).isEmpty();
    }

    @Test
    void withoutACommitTheProvenanceNamesNoneAndAWarningIsPrinted() throws IOException {
        write("", "");

        assertThat(provenance().at("/predicate/buildDefinition/resolvedDependencies"))
                .hasSize(1)
                .noneMatch(dependency -> dependency.has("name"));
        assertThat(warnings())
                .startsWith("WARNING: The commit of the sources is unknown: ")
                .contains("set -Dsource.commit=<hash>");
    }

    @Test
    void nothingIsSignedWithoutACommit() {
        assertThatIOException()
                .isThrownBy(() -> write("", "0xA1B2"))
                .withMessageStartingWith("The commit of the sources is unknown: ");
        assertThat(target("release/left-over")).exists();
    }

    @Test
    void aReleaseNeedsTheBillOfMaterials() throws IOException {
        Files.delete(target("bom.json"));

        assertThatIOException()
                .isThrownBy(() -> write(COMMIT, ""))
                .withMessage("target/bom.json is missing: run Maven without -o, which disables the bill of materials");
    }

    @Test
    void theProvenanceNeedsTheDigestOfEachLibrary() throws IOException {
        Files.writeString(
                target("bom.json"),
                "{\"components\": [{\"purl\": \"pkg:maven/a/b@1\", \"hashes\": [{\"alg\": \"MD5\", \"content\": \"05\"}]}]}");

        assertThatIOException()
                .isThrownBy(() -> write(COMMIT, ""))
                .withMessage("the bill of materials has no SHA-256 of pkg:maven/a/b@1");
    }

    private List<Path> write(String commit, String key) throws IOException {
        return new Release(
                        base, target("jetsink-plugin-1.2.3.zip"), "plugin-1.2.3", "1.2.3", TIME, "3.8.7", commit, key)
                .write(new PrintStream(warnings, true, StandardCharsets.UTF_8));
    }

    private JsonNode provenance() throws IOException {
        return new JsonMapper()
                .readTree(target("release/jetsink-plugin-1.2.3-provenance.json").toFile());
    }

    private String warnings() {
        return warnings.toString(StandardCharsets.UTF_8);
    }

    private Path target(String name) {
        return base.resolve("target").resolve(name);
    }
}
