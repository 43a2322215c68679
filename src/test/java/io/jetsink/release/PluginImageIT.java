package io.jetsink.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds the plugin image from the packaged zip, and unpacks it with the system's tar. */
final class PluginImageIT {
    private static final String VERSION = System.getProperty("jetsink.version");
    private static final Path ZIP = Path.of(System.getProperty("jetsink.zip"));
    private static final Instant TIME = Instant.parse("2026-11-23T00:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path layout;

    @BeforeAll
    static void build() throws IOException {
        Path archive = Files.write(layout.resolve("image.tar"), PluginImage.of(ZIP, VERSION, TIME));
        untar(archive, layout);
        Files.delete(archive);
    }

    @Test
    void theIndexLeadsToEachBlob() throws IOException {
        List<String> reached = new ArrayList<>();
        follow(json(layout.resolve("index.json")), reached);

        try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
            assertThat(reached.stream().distinct())
                    .containsExactlyInAnyOrderElementsOf(
                            blobs.map(blob -> blob.getFileName().toString()).toList());
        }
        assertThat(json(layout.resolve("oci-layout")).path("imageLayoutVersion").asText())
                .isEqualTo("1.0.0");
    }

    /** Checks digest and size of everything that a document names. */
    private static void follow(JsonNode document, List<String> reached) throws IOException {
        List<JsonNode> descriptors = new ArrayList<>();
        document.path("manifests").forEach(descriptors::add);
        document.path("layers").forEach(descriptors::add);
        if (document.path("config").has("digest")) {
            descriptors.add(document.path("config"));
        }
        for (JsonNode descriptor : descriptors) {
            String digest = descriptor.path("digest").asText();
            Path blob = blob(descriptor);
            assertThat(blob).hasDigest("SHA-256", digest.replace("sha256:", ""));
            assertThat(descriptor.path("size").asLong()).isEqualTo(Files.size(blob));
            reached.add(blob.getFileName().toString());
            if (descriptor.path("mediaType").asText().endsWith("+json")) {
                follow(json(blob), reached);
            }
        }
    }

    @Test
    void theImageOfEachArchitectureHasTheLayer() throws IOException {
        JsonNode tagged = json(layout.resolve("index.json")).at("/manifests/0");
        assertThat(tagged.at("/annotations/org.opencontainers.image.ref.name").asText())
                .isEqualTo(VERSION);
        assertThat(tagged.path("mediaType").asText()).isEqualTo("application/vnd.oci.image.index.v1+json");

        Map<String, String> layers = new TreeMap<>();
        for (JsonNode descriptor : json(blob(tagged)).path("manifests")) {
            assertThat(descriptor.path("mediaType").asText()).isEqualTo("application/vnd.oci.image.manifest.v1+json");
            JsonNode manifest = json(blob(descriptor));
            assertThat(manifest.path("mediaType").asText()).isEqualTo("application/vnd.oci.image.manifest.v1+json");
            assertThat(manifest.path("schemaVersion").asInt()).isEqualTo(2);
            assertThat(manifest.at("/config/mediaType").asText()).isEqualTo("application/vnd.oci.image.config.v1+json");
            assertThat(manifest.path("layers")).hasSize(1);
            assertThat(manifest.at("/layers/0/mediaType").asText()).isEqualTo("application/vnd.oci.image.layer.v1.tar");
            JsonNode config = json(blob(manifest.path("config")));
            assertThat(config.path("os").asText()).isEqualTo("linux");
            assertThat(config.path("architecture")).isEqualTo(descriptor.at("/platform/architecture"));
            assertThat(config.at("/rootfs/diff_ids/0")).isEqualTo(manifest.at("/layers/0/digest"));
            layers.put(
                    config.path("architecture").asText(),
                    manifest.at("/layers/0/digest").asText());
        }
        assertThat(layers).containsOnlyKeys("amd64", "arm64", "ppc64le", "s390x");
        assertThat(layers.values().stream().distinct()).hasSize(1);
    }

    @Test
    void theLayerIsTheUnpackedZip(@TempDir Path mounted, @TempDir Path unpacked) throws IOException {
        untar(layer(), mounted);
        ProcessFiles.unzip(ZIP, unpacked);

        List<Path> files = below(unpacked);
        assertThat(files).hasSizeGreaterThan(30);
        assertThat(below(mounted)).isEqualTo(files);
        for (Path file : files) {
            if (Files.isRegularFile(unpacked.resolve(file))) {
                assertThat(mounted.resolve(file)).hasSameBinaryContentAs(unpacked.resolve(file));
                assertThat(Files.isExecutable(mounted.resolve(file)))
                        .as(file.toString())
                        .isEqualTo(file.endsWith("bin/jetsink"));
            }
        }
    }

    @Test
    void eachUserMayReadTheLayer() throws IOException {
        String list = SystemCommand.run(PATIENCE, "tar", "--numeric-owner", "-tvf", layer().toString());

        assertThat(list.lines()).hasSizeGreaterThan(30).allMatch(line -> line.matches("(d.{6}r-x|-.{6}r..) 0/0 .*"));
    }

    @Test
    void theSecondBuildHasTheSameBytes() throws IOException {
        assertThat(Arrays.equals(PluginImage.of(ZIP, VERSION, TIME), PluginImage.of(ZIP, VERSION, TIME)))
                .isTrue();
    }

    private static Path layer() throws IOException {
        JsonNode image = json(blob(json(layout.resolve("index.json")).at("/manifests/0")));
        return blob(json(blob(image.at("/manifests/0"))).at("/layers/0"));
    }

    private static Path blob(JsonNode descriptor) {
        return layout.resolve("blobs")
                .resolve(descriptor.path("digest").asText().replace(':', '/'));
    }

    private static JsonNode json(Path file) throws IOException {
        return new JsonMapper().readTree(file.toFile());
    }

    private static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(folder::relativize).sorted().toList();
        }
    }

    private static void untar(Path archive, Path folder) throws IOException {
        SystemCommand.run(PATIENCE, "tar", "-xf", archive.toString(), "-C", folder.toString());
    }
}
