package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jetsink.support.process.ProcessFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** The plugin archive as users get it. */
final class PackagingIT {
    private static final String VERSION = System.getProperty("jetsink.version");
    private static final Path ZIP = Path.of(System.getProperty("jetsink.zip"));
    private static final Path BASE = Path.of(System.getProperty("jetsink.basedir"));
    private static final String TOP = "jetsink-kafka-connect-nats-jetstream-" + VERSION;
    private static final String OUR_JAR = "kafka-connect-nats-jetstream-" + VERSION + ".jar";

    private static final List<String> MANIFEST_KEYS = List.of("""
            name version title description owner username type url logo support summary provider_name tags requirements
            features supported_encodings single_message_transforms confluent_control_center_integration kafka_connect_api
            delivery_guarantee documentation_url source_url docker_image license component_types release_date""".split("\\s+"));

    private static final String[] RELOCATED = {"jackson-annotations", "jackson-core", "jackson-databind"};

    @TempDir
    static Path unpacked;

    @BeforeAll
    static void unpack() {
        ProcessFiles.unzip(ZIP, unpacked);
    }

    @Test
    void targetHoldsThisZipOnly() throws IOException {
        assertThat(names(ZIP.getParent(), ".zip"))
                .as("left over from another version? run mvn clean")
                .containsExactly(TOP + ".zip");
    }

    @Test
    void hasOneTopFolderInTheComponentLayout() throws IOException {
        assertThat(names(unpacked, "")).containsExactly(TOP);
        assertThat(names(unpacked.resolve(TOP), ""))
                .containsExactlyInAnyOrder("manifest.json", "bin", "lib", "etc", "doc", "assets");
        assertThat(unpacked.resolve(TOP).resolve("doc")).isDirectoryContaining("glob:**/README.md");
        assertThat(unpacked.resolve(TOP).resolve("doc")).isDirectoryContaining("glob:**/LICENSE");
    }

    @Test
    void theManifestNamesThisVersion() throws IOException {
        JsonNode manifest = manifest();

        assertThat(manifest.path("name").asText()).isEqualTo("kafka-connect-nats-jetstream");
        assertThat(manifest.path("version").asText()).isEqualTo(VERSION);
        assertThat(manifest.at("/owner/username").asText()).isEqualTo("jetsink");
        assertThat(manifest.path("component_types"))
                .extracting(JsonNode::asText)
                .containsExactly("sink");
        assertThat(manifest.at("/license/0/name").asText()).contains("Apache");
        assertThat(manifest.toString()).doesNotContain("${");
    }

    /** The rules of Confluent's component archives, which tools install by the manifest. */
    @Test
    void theManifestMeetsTheSpecificationOfComponentArchives() throws IOException {
        JsonNode manifest = manifest();

        for (JsonNode part :
                List.of(manifest, manifest.path("owner"), manifest.path("support"), manifest.path("features"))) {
            assertThat(part.fieldNames()).toIterable().isNotEmpty().isSubsetOf(MANIFEST_KEYS);
        }
        assertThat(manifest.at("/owner/username").asText()).matches("[a-z0-9_]{2,255}");
        assertThat(manifest.at("/owner/type").asText()).isIn("organization", "user");
        String name = manifest.path("name").asText();
        assertThat(name).matches("[a-z0-9][a-z0-9_.-]*");
        assertThat(TOP).isEqualTo(manifest.at("/owner/username").asText() + "-" + name + "-" + VERSION);
        for (String text :
                List.of("/title", "/description", "/owner/name", "/support/summary", "/support/provider_name")) {
            assertThat(manifest.at(text).asText()).as(text).isNotBlank();
        }
        assertThat(texts(manifest.path("tags"))).isNotEmpty().doesNotHaveDuplicates();
        assertThat(texts(manifest.path("requirements"))).isNotEmpty();
        assertThat(texts(manifest.path("component_types")))
                .isNotEmpty()
                .isSubsetOf("sink", "source", "transform", "converter");
        assertThat(LocalDate.parse(manifest.path("release_date").asText())).isAfter("2026-01-01");
        JsonNode features = manifest.path("features");
        assertThat(texts(features.path("supported_encodings"))).containsExactly("any");
        assertThat(texts(features.path("delivery_guarantee"))).containsExactly("at_least_once", "exactly_once");
        for (String flag :
                List.of("single_message_transforms", "confluent_control_center_integration", "kafka_connect_api")) {
            assertThat(features.path(flag).isBoolean()).as(flag).isTrue();
        }
        for (JsonNode license : manifest.path("license")) {
            assertThat(license.path("name").asText()).isNotBlank();
            assertThat(URI.create(license.path("url").asText()).getScheme()).isEqualTo("https");
        }
    }

    /** A logo has at least 400 by 200 pixels. */
    @Test
    void theLogoMeetsTheSpecificationOfComponentArchives() throws Exception {
        Path logo =
                unpacked.resolve(TOP).resolve(manifest().path("logo").asText()).normalize();

        assertThat(logo.getParent()).isEqualTo(unpacked.resolve(TOP).resolve("assets"));
        Element image = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(logo.toFile())
                .getDocumentElement();
        assertThat(image.getTagName()).isEqualTo("svg");
        assertThat(Integer.parseInt(image.getAttribute("width"))).isGreaterThanOrEqualTo(400);
        assertThat(Integer.parseInt(image.getAttribute("height"))).isGreaterThanOrEqualTo(200);
    }

    @Test
    void docContainsTheLicencesThatTheBillOfMaterialsNames() throws IOException {
        Path licences = unpacked.resolve(TOP).resolve("doc/licenses");

        assertThat(Files.readString(unpacked.resolve(TOP).resolve("doc/LICENSE")))
                .contains("Apache License", "Version 2.0");
        String thirdParty = Files.readString(licences.resolve("THIRD-PARTY.md"));
        assertThat(names(licences, ".txt")).isNotEmpty().allSatisfy(file -> {
            assertThat(thirdParty).contains("`" + file + "`");
            assertThat(licences.resolve(file)).isNotEmptyFile();
        });
    }

    private static JsonNode manifest() throws IOException {
        return new JsonMapper()
                .readTree(unpacked.resolve(TOP).resolve("manifest.json").toFile());
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Test
    void libHoldsOurJarAndItsRuntimeDependenciesOnly() throws IOException {
        List<String> artifacts = names(unpacked.resolve(TOP).resolve("lib"), ".jar").stream()
                .map(name -> name.replaceFirst("-\\d[^-]*\\.jar$", ""))
                .toList();

        assertThat(artifacts)
                .containsExactlyInAnyOrder("kafka-connect-nats-jetstream", "jnats", "bcprov-lts8on", "jspecify");
        String thirdParty = Files.readString(unpacked.resolve(TOP).resolve("doc/licenses/THIRD-PARTY.md"));
        assertThat(thirdParty).contains(RELOCATED);
        assertThat(artifacts)
                .filteredOn(artifact -> !artifact.startsWith("kafka-connect"))
                .allSatisfy(artifact -> assertThat(thirdParty).contains("`" + artifact + "`"));
    }

    @Test
    void theBillOfMaterialsListsExactlyTheJarsOfLibAndWhatIsInOurs() throws Exception {
        JsonNode bill = new JsonMapper()
                .readTree(unpacked.resolve(TOP).resolve("doc/bom.json").toFile());
        List<JsonNode> components = new ArrayList<>(List.of(bill.at("/metadata/component")));
        bill.path("components").forEach(components::add);

        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        List<JsonNode> inOurs = components.stream()
                .filter(component -> component.path("group").asText().equals("com.fasterxml.jackson.core"))
                .toList();
        assertThat(inOurs)
                .extracting(component -> component.path("name").asText())
                .containsExactlyInAnyOrder(RELOCATED);
        components.removeAll(inOurs);
        assertThat(components)
                .extracting(PackagingIT::jarName)
                .containsExactlyInAnyOrderElementsOf(names(unpacked.resolve(TOP).resolve("lib"), ".jar"));
        for (JsonNode dependency : bill.path("components")) {
            if (inOurs.contains(dependency)) {
                continue;
            }
            String jar = jarName(dependency);
            byte[] content =
                    Files.readAllBytes(unpacked.resolve(TOP).resolve("lib").resolve(jar));
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            assertThat(dependency.path("hashes").toString()).as(jar).contains("\"SHA-256\",\"content\":\"" + digest);
            assertThat(dependency.path("licenses")).as(jar).isNotEmpty();
            assertThat(dependency.path("purl").asText()).as(jar).startsWith("pkg:maven/");
        }
    }

    private static String jarName(JsonNode component) {
        return component.path("name").asText() + "-" + component.path("version").asText() + ".jar";
    }

    @Test
    void everyJarOpensAndHasNothingThatTheWorkerProvides() throws IOException {
        for (String name : names(unpacked.resolve(TOP).resolve("lib"), ".jar")) {
            Set<String> classes = entries(name).stream()
                    .filter(entry -> entry.endsWith(".class"))
                    .collect(Collectors.toSet());

            assertThat(classes).as(name).isNotEmpty();
            assertThat(classes)
                    .as(name)
                    .noneMatch(entry -> entry.contains("org/apache/kafka/") || entry.contains("org/slf4j/"));
        }
    }

    @Test
    void connectFindsTheConnectorByItsServiceFile() throws IOException {
        try (JarFile jar = open(OUR_JAR);
                InputStream in = jar.getInputStream(
                        jar.getEntry("META-INF/services/org.apache.kafka.connect.sink.SinkConnector"))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip())
                    .isEqualTo("io.jetsink.NatsJetStreamSinkConnector");
        }
    }

    @Test
    void ourJarHoldsNothingButOurClasses() throws IOException {
        assertThat(entries(OUR_JAR))
                .allMatch(entry ->
                        entry.equals("io/") || entry.startsWith("io/jetsink/") || entry.startsWith("META-INF/"))
                .noneMatch(entry -> entry.startsWith("META-INF/versions/"))
                .contains("io/jetsink/shaded/jackson/core/JsonFactory.class")
                .noneMatch(entry -> entry.contains("fasterxml"));
    }

    @Test
    void shipsTheConfigurationsOfTheRepository() throws IOException {
        for (String folder : List.of("connectors", "workers")) {
            Path source = BASE.resolve("config").resolve(folder);
            Path shipped = unpacked.resolve(TOP).resolve("etc").resolve(folder);

            assertThat(names(shipped, "")).isNotEmpty().isEqualTo(names(source, ""));
            assertThat(names(source, ""))
                    .allSatisfy(
                            name -> assertThat(shipped.resolve(name)).hasSameTextualContentAs(source.resolve(name)));
        }
    }

    @Test
    void shipsTheReferenceAndTheSchemaOfTheConfiguration() {
        for (String name : List.of("REFERENCE.md", "schema.json")) {
            assertThat(unpacked.resolve(TOP).resolve("doc").resolve(name))
                    .isNotEmptyFile()
                    .hasSameTextualContentAs(BASE.resolve("config").resolve(name));
        }
    }

    @Test
    void shipsTheDocumentationAndTheAlertsAndEachLinkHasATarget() throws IOException {
        Path doc = unpacked.resolve(TOP).resolve("doc");

        for (String folder : List.of("src/docs", "docker/observability", "docker/kubernetes")) {
            assertThat(names(doc.resolve(folder), ".md")).isEqualTo(names(BASE.resolve(folder), ".md"));
            assertThat(names(doc.resolve(folder), ".yaml")).isEqualTo(names(BASE.resolve(folder), ".yaml"));
        }
        for (String file : List.of("src/docs/alerts.md", "docker/observability/alerts.yaml")) {
            assertThat(doc.resolve(file)).isNotEmptyFile().hasSameTextualContentAs(BASE.resolve(file));
        }
        assertThat(MarkdownLinks.read(List.of(doc)).broken()).isEmpty();
    }

    private static List<String> names(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> entries(String jarName) throws IOException {
        try (JarFile jar = open(jarName)) {
            return jar.stream().map(ZipEntry::getName).toList();
        }
    }

    private static JarFile open(String jarName) throws IOException {
        return new JarFile(unpacked.resolve(TOP).resolve("lib").resolve(jarName).toFile());
    }
}
