package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.connect.runtime.isolation.PluginUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of {@code docker/kubernetes/README.md}, in order, in a copy of the repository's files. Programs that need a
 * cluster, a registry or a server are replaced by scripts that record their arguments and the manifests that they receive.
 */
final class KubernetesReadmeTest {
    private static final String PLUGIN = "jetsink-kafka-connect-nats-jetstream-1.2.3";
    private static final Pattern BLOCK = Pattern.compile("```(sh|yaml)\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("\\]\\(([a-zA-Z.-]+)\\)");

    private static final String KUBECTL = """
            #!/bin/sh
            set -eu
            echo "kubectl $*" >> TREE/log
            before=
            for word; do
              case $word in --from-file=*) test -f "${word#--from-file=}" ;; esac
              if [ "$before" = -f ]; then
                number=$(ls TREE/applied | wc -l)
                if [ "$word" = - ]; then cat > TREE/applied/$((100 + number)); else cp "$word" TREE/applied/$((100 + number)); fi
              fi
              before=$word
            done
            """;
    private static final String DOCKER = """
            #!/bin/sh
            set -eu
            echo "docker $*" >> TREE/log
            if [ "$1" = build ]; then test -f "$3"; test -d "$6"; fi
            """;
    private static final String UNZIP = """
            #!/bin/sh
            set -eu
            zip=$PWD/$2
            mkdir -p "$4"
            cd "$4"
            exec JAVA/bin/jar xf "$zip"
            """;
    private static final String RECORD = """
            #!/bin/sh
            echo "${0##*/} $*" >> TREE/log
            """;

    @TempDir
    private Path tree;

    private final String readme = Files.readString(Manifest.FOLDER.resolve("README.md"));

    KubernetesReadmeTest() throws IOException {}

    /** The commands and resources of the document, and the resource of connector/README.md. */
    static List<DocumentedBlock> executed() {
        List<DocumentedBlock> executed =
                new ArrayList<>(DocumentedBlock.in("docker/kubernetes/README\\.md", "sh", "yaml"));
        executed.addAll(DocumentedBlock.in("connector/README\\.md", "yaml"));
        return executed;
    }

    @BeforeEach
    void copyTheRepository() throws IOException {
        copy("docker/kubernetes");
        Files.createDirectories(tree.resolve("applied"));
        Files.createDirectories(tree.resolve("bin"));
        program("kubectl", KUBECTL);
        program("docker", DOCKER);
        program("unzip", UNZIP);
        program("mvn", RECORD);
        program("skopeo", RECORD);
        program("nats", RECORD);
        Files.createDirectories(tree.resolve("target"));
        try (OutputStream file = Files.newOutputStream(zip());
                ZipOutputStream zip = new ZipOutputStream(file, StandardCharsets.UTF_8)) {
            zip.putNextEntry(new ZipEntry(PLUGIN + "/lib/connector.jar"));
            zip.closeEntry();
        }
        Files.writeString(tree.resolve("nats.creds"), "");
        Files.writeString(tree.resolve("ca.crt"), "");
    }

    @Test
    void theCommandsApplyEveryManifest() throws IOException, NoSuchAlgorithmException {
        run();

        List<Manifest> applied = applied();
        assertThat(applied).allSatisfy(manifest -> {
            assertThat(ManifestSchema.problems(manifest.node())).isEmpty();
            assertThat(manifest.node().toString()).doesNotContain("VERSION", "SHA512", "\"src/docs/");
        });
        assertThat(applied)
                .extracting(manifest -> manifest.kind() + " " + manifest.text("/metadata/name"))
                .containsAll(Manifest.all().stream()
                        .map(manifest -> manifest.kind() + " " + manifest.text("/metadata/name"))
                        .toList());
        assertThat(connect(applied, "build").text("/spec/build/output/image")).endsWith(":1.2.3");
        assertThat(connect(applied, "build").text("/spec/build/plugins/0/artifacts/0/url"))
                .isEqualTo("https://files.example.com/" + PLUGIN + ".zip");
        assertThat(connect(applied, "build").text("/spec/build/plugins/0/artifacts/0/sha512sum"))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(zip()))));
    }

    @Test
    void thePluginImageContainsThePlugin() throws IOException {
        run();

        String image = connect(applied(), "plugins").text("/spec/plugins/0/artifacts/0/reference");
        assertThat(log())
                .contains(
                        "docker build -f docker/kubernetes/Dockerfile -t " + image + " target/plugin-image",
                        "docker push " + image,
                        "mvn -q -Prelease package",
                        "skopeo copy --all --preserve-digests oci-archive:target/release/" + PLUGIN
                                + "-oci.tar:1.2.3 docker://" + image);
        // Strimzi mounts the image two levels below plugin.path; a worker finds jars at any depth.
        ContainerTree built = new ImageBuild(
                        Files.readString(tree.resolve("docker/kubernetes/Dockerfile")),
                        tree.resolve("target/plugin-image"),
                        tree.resolve("plugins/jetsink"),
                        Map.of(),
                        (scratch, empty) -> {})
                .tree();
        assertThat(PluginUtils.pluginUrls(tree.resolve("plugins/jetsink")))
                .extracting(Object::toString)
                .containsExactly(built.path("/" + PLUGIN + "/lib/connector.jar").toString());
    }

    @Test
    void commandsNameResourcesThatExist() throws IOException {
        run();

        List<String> names = Manifest.all().stream()
                .map(manifest -> manifest.text("/metadata/name"))
                .toList();
        assertThat(log().stream()
                        .map(
                                Pattern.compile(
                                                "kubectl -n kafka (?:wait|annotate|get) kafkaconnect(?:or)?[/ ](\\S+).*")
                                        ::matcher)
                        .filter(Matcher::matches)
                        .map(command -> command.group(1)))
                .hasSizeGreaterThan(3)
                .allSatisfy(name -> assertThat(names).contains(name));
        assertThat(log()).contains("nats stream edit ORDERS --allow-fast");
        assertThat(log())
                .anySatisfy(line ->
                        assertThat(line).startsWith("kubectl -n kafka create secret generic nats-credentials "));
    }

    @Test
    void partsOfResourcesComplyWithTheSchema() throws IOException {
        List<Manifest> parts = new ArrayList<>();
        for (String block : blocks("yaml")) {
            parts.addAll(Manifest.parse("README.md", block));
        }
        for (DocumentedBlock block : DocumentedBlock.in("connector/README\\.md", "yaml")) {
            parts.addAll(Manifest.parse(block.file(), block.text()));
        }

        assertThat(parts)
                .extracting(Manifest::kind)
                .containsExactly("KafkaConnect", "KafkaConnector", "NetworkPolicy", "KafkaConnect");
        for (Manifest part : parts) {
            assertThat(ManifestSchema.problemsOfPart(part.node())).isEmpty();
        }
        assertThat(parts.get(1)
                        .node()
                        .at("/spec/config")
                        .path("nats.auth.credentials")
                        .asText())
                .isEqualTo("${secrets:kafka/nats-credentials:nats.creds}");
        assertThat(parts.get(0)
                        .node()
                        .at("/spec/config")
                        .path("config.providers")
                        .asText())
                .isEqualTo("dir,secrets");
    }

    @Test
    void theVersionsAreThoseOfTheSchemas() throws IOException {
        assertThat(schema("KafkaConnect")).contains("Strimzi 1.2.0,");
        assertThat(schema("KafkaConnector")).contains("Strimzi 1.2.0,");
        assertThat(schema("Stream")).contains("NACK 0.22.4,");
        assertThat(readme.replaceAll("\\s+", " ")).contains("Strimzi 1.2.0, NACK 0.22.4 and", "NACK 0.22.4 handles");
    }

    @Test
    void everyFileIsListed() throws IOException {
        try (Stream<Path> files = Files.list(Manifest.FOLDER)) {
            assertThat(FILE.matcher(readme).results().map(link -> link.group(1)))
                    .containsAll(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("README.md"))
                            .toList());
        }
    }

    private void run() throws IOException {
        Files.writeString(
                tree.resolve("commands.sh"),
                "set -eux\nPATH='" + tree.resolve("bin") + "':$PATH\n" + String.join("\n", blocks("sh")));
        SystemCommand.runIn(tree, Duration.ofSeconds(60), List.of("sh", "commands.sh"));
    }

    private List<String> blocks(String language) {
        return BLOCK.matcher(readme)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    private List<Manifest> applied() throws IOException {
        List<Manifest> applied = new ArrayList<>();
        try (Stream<Path> files = Files.list(tree.resolve("applied"))) {
            for (Path file : files.sorted().toList()) {
                applied.addAll(Manifest.parse(file.getFileName().toString(), Files.readString(file)));
            }
        }
        return applied;
    }

    private static Manifest connect(List<Manifest> applied, String field) {
        return applied.stream()
                .filter(manifest -> manifest.kind().equals("KafkaConnect"))
                .filter(manifest -> manifest.node().path("spec").has(field))
                .findFirst()
                .orElseThrow();
    }

    private static String schema(String kind) throws IOException {
        return Files.readString(Manifest.BASE.resolve("src/test/resources/io/jetsink/kubernetes/" + kind + ".yaml"));
    }

    private List<String> log() throws IOException {
        return Files.readAllLines(tree.resolve("log"));
    }

    private Path zip() {
        return tree.resolve("target/" + PLUGIN + ".zip");
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(
                tree.resolve("bin").resolve(name),
                script.replace("TREE", tree.toString()).replace("JAVA/", System.getProperty("java.home") + "/"));
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void copy(String folder) throws IOException {
        Files.createDirectories(tree.resolve(folder));
        try (Stream<Path> files = Files.list(Manifest.BASE.resolve(folder))) {
            for (Path file : files.toList()) {
                Files.copy(file, tree.resolve(folder).resolve(file.getFileName().toString()));
            }
        }
    }
}
