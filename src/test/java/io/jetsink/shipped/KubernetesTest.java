package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.config.Credentials;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests of {@code docker/kubernetes} comply with the schemas of their kinds, with each other and with the connector. */
final class KubernetesTest {
    private static final String BUILD = "kafka-connect.yaml";
    private static final String PLUGIN_IMAGE = "kafka-connect-plugin-image.yaml";
    /** Maps with keys of users. */
    private static final Set<String> OPEN = Set.of("config", "labels", "annotations", "matchLabels", "data");
    /** Strimzi 1.2.0, {@code KafkaConnectSpec.FORBIDDEN_PREFIXES}: the operator sets these properties and drops those of users. */
    private static final List<String> OPERATOR_SETS = List.of(
            "group.id",
            "config.storage.topic",
            "offset.storage.topic",
            "status.storage.topic",
            "ssl.",
            "sasl.",
            "security.",
            "listeners",
            "plugin.path",
            "rest.",
            "bootstrap.servers",
            "consumer.interceptor.classes",
            "producer.interceptor.classes",
            "prometheus.metrics.reporter.");
    private static final String AUTHORITY =
            "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----\n";
    /** A row of README.md. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?m)^\\| `(nats\\.auth\\.[a-z.]+): \"?([^`\"]+)\"?`");
    /** A reference to a secret: provider, path, key. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([a-z]+):([^:}]+):([^:}]+)}");

    @TempDir
    private Path folder;

    static List<Manifest> manifests() throws IOException {
        return Manifest.all();
    }

    static Stream<Manifest> clusters() throws IOException {
        return Manifest.all().stream().filter(manifest -> manifest.kind().equals("KafkaConnect"));
    }

    @Test
    void everyResourceIsKnown() throws IOException {
        assertThat(Manifest.all())
                .extracting(Manifest::toString)
                .containsExactly(
                        "ConfigMap of connect-metrics.yaml",
                        "KafkaConnect of kafka-connect-plugin-image.yaml",
                        "KafkaConnect of kafka-connect.yaml",
                        "KafkaConnector of kafka-connector.yaml",
                        "NetworkPolicy of network-policy.yaml",
                        "PodMonitor of pod-monitor.yaml",
                        "PrometheusRule of prometheus-rule.yaml",
                        "Role of secret-reader.yaml",
                        "RoleBinding of secret-reader.yaml",
                        "Stream of stream.yaml");
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void aResourceCompliesWithTheSchemaOfItsKind(Manifest manifest) throws IOException {
        assertThat(ManifestSchema.problems(manifest.node())).isEmpty();
        assertThat(manifest.text("/metadata/namespace")).isEqualTo("kafka");
    }

    /** Each field, misspelled, is a problem. */
    @ParameterizedTest
    @MethodSource("manifests")
    void aMisspelledFieldIsReported(Manifest manifest) throws IOException {
        List<JsonNode> mutants = misspelled(manifest.node());

        assertThat(mutants).hasSizeGreaterThan(3);
        for (JsonNode mutant : mutants) {
            assertThat(ManifestSchema.problems(mutant)).as("%s", mutant).isNotEmpty();
        }
    }

    @Test
    void aValueOfAnotherTypeIsReported() throws IOException {
        assertReported("kafka-connector.yaml", "/spec", "tasksMax", JsonNodeFactory.instance.textNode("three"));
        assertReported("kafka-connector.yaml", "/spec", "autoRestart", JsonNodeFactory.instance.booleanNode(true));
        assertReported(BUILD, "/spec/build/output", "type", JsonNodeFactory.instance.textNode("oci"));
        assertReported(BUILD, "", "apiVersion", JsonNodeFactory.instance.textNode("kafka.strimzi.io/v1beta2"));
        assertReported("prometheus-rule.yaml", "/spec/groups/0/rules/0", "for", JsonNodeFactory.instance.textNode("1min"));
        assertReported("stream.yaml", "/spec", "retention", JsonNodeFactory.instance.textNode("limit"));
    }

    /** README.md states this. A version of NACK that knows the flag needs another manifest. */
    @Test
    void nackDoesNotKnowTheFlagOfFastBatches() throws IOException {
        assertReported("stream.yaml", "/spec", "allowBatched", JsonNodeFactory.instance.booleanNode(true));
    }

    @Test
    void theConnectorIsValid() throws IOException {
        assertValid(connector());
    }

    @Test
    void theConnectorIsValidWithCredentialsOfEachKind() throws IOException {
        Path file = Files.writeString(folder.resolve("nats.creds"), Credentials.FILE);
        List<String> keys = new ArrayList<>();
        Matcher row = CREDENTIALS.matcher(Files.readString(Manifest.FOLDER.resolve("README.md")));
        while (row.find()) {
            Map<String, String> config = connector();
            config.remove("nats.auth.credentials");
            config.put(row.group(1), REFERENCE.matcher(row.group(2)).matches() ? Credentials.FILE : file.toString());
            keys.add(row.group(1));
            assertValid(config);
        }

        assertThat(keys)
                .containsExactly("nats.auth.credentials", "nats.auth.credentials.file", "nats.auth.credentials");
    }

    @Test
    void theConnectorIsInvalidWithAMisspelledKey() throws IOException {
        Map<String, String> config = connector();
        config.put("jetstream.streem", "ORDERS");

        assertThat(new NatsJetStreamSinkConnector().validate(config).configValues())
                .anySatisfy(value -> assertThat(value.errorMessages()).isNotEmpty());
    }

    @Test
    void theConnectorRunsOnTheCluster() throws IOException {
        Manifest connector = Manifest.of("kafka-connector.yaml");

        assertThat(connector.node().at("/metadata/labels").path("strimzi.io/cluster").asText())
                .isEqualTo(Manifest.of(BUILD).text("/metadata/name"));
        assertThat(Manifest.of(BUILD).node().at("/metadata/annotations").path("strimzi.io/use-connector-resources").asText())
                .isEqualTo("true");
        assertThat(connector.node().at("/spec/autoRestart/enabled").asBoolean()).isTrue();
        // Strimzi sets these from other fields.
        assertThat(connector.node().at("/spec/config").has("name")).isFalse();
        assertThat(connector.node().at("/spec/config").has("connector.class")).isFalse();
        assertThat(connector.node().at("/spec/config").has("tasks.max")).isFalse();
    }

    @Test
    void theStreamIsThatOfTheConnectorWithItsOffsetMarkers() throws IOException {
        Manifest stream = Manifest.of("stream.yaml");
        Manifest connector = Manifest.of("kafka-connector.yaml");
        JsonNode config = connector.node().at("/spec/config");

        assertThat(stream.text("/spec/name"))
                .isEqualTo(config.path("jetstream.stream").asText());
        assertThat(config.path("subject").asText()).isEqualTo("orders.${partition}");
        assertThat(stream.node().at("/spec/subjects").valueStream().map(JsonNode::asText))
                .containsExactly("orders.>", "jetsink.offsets." + connector.text("/metadata/name") + ".>");
        assertThat(stream.node().at("/spec/allowAtomicPublish").asBoolean()).isTrue();
        assertThat(stream.node().at("/spec/allowRollup").asBoolean()).isTrue();
        assertThat(stream.node().at("/spec/preventUpdate").asBoolean()).isTrue();
        assertThat(stream.text("/spec/retention")).isEqualTo("limits");
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void secretsAreMountedForTheProvider(Manifest cluster) throws IOException {
        JsonNode volume = cluster.node().at("/spec/template/pod/volumes/0");
        JsonNode mount = cluster.node().at("/spec/template/connectContainer/volumeMounts/0");
        JsonNode config = cluster.node().at("/spec/config");
        Matcher reference = REFERENCE.matcher(
                Manifest.of("kafka-connector.yaml").node().at("/spec/config").path("nats.auth.credentials").asText());

        assertThat(reference.matches()).isTrue();
        assertThat(mount.path("name")).isEqualTo(volume.path("name"));
        assertThat(mount.path("mountPath").asText()).startsWith("/mnt/").isEqualTo(reference.group(2));
        assertThat(config.path("config.providers").asText()).isEqualTo(reference.group(1));
        assertThat(config.path("config.providers.dir.param.allowed.paths").asText())
                .isEqualTo(reference.group(2));
        assertThat(volume.at("/secret/defaultMode").asInt()).isEqualTo(0440);
    }

    @Test
    void theProviderReadsWhatIsMounted() throws IOException, ReflectiveOperationException {
        JsonNode config = Manifest.of(BUILD).node().at("/spec/config");
        Files.writeString(folder.resolve("nats.creds"), "content");
        try (ConfigProvider provider =
                (ConfigProvider) Class.forName(config.path("config.providers.dir.class").asText())
                        .getDeclaredConstructor()
                        .newInstance()) {
            provider.configure(Map.of("allowed.paths", folder.toString()));

            assertThat(provider.get(folder.toString(), Set.of("nats.creds")).data())
                    .containsExactly(Map.entry("nats.creds", "content"));
        }
    }

    @Test
    void theRoleAllowsTheWorkersToReadTheSecret() throws IOException {
        List<Manifest> reader = Manifest.parse(
                "secret-reader.yaml", Files.readString(Manifest.FOLDER.resolve("secret-reader.yaml")));
        Manifest cluster = Manifest.of(BUILD);

        assertThat(reader.get(0).text("/rules/0/resourceNames/0"))
                .isEqualTo(cluster.text("/spec/template/pod/volumes/0/secret/secretName"));
        assertThat(reader.get(1).text("/roleRef/name")).isEqualTo(reader.get(0).text("/metadata/name"));
        assertThat(reader.get(1).text("/subjects/0/name")).isEqualTo(cluster.text("/metadata/name") + "-connect");
        assertThat(reader.get(1).text("/subjects/0/namespace")).isEqualTo(cluster.text("/metadata/namespace"));
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void theMetricsAreThoseOfTheConfigMap(Manifest cluster) throws IOException {
        Manifest metrics = Manifest.of("connect-metrics.yaml");

        assertThat(cluster.text("/spec/metricsConfig/valueFrom/configMapKeyRef/name"))
                .isEqualTo(metrics.text("/metadata/name"));
        assertThat(metrics.node().path("data").path(cluster.text("/spec/metricsConfig/valueFrom/configMapKeyRef/key")).asText())
                .isEqualTo(Files.readString(Manifest.BASE.resolve("docker/observability/jmx-exporter.yaml")));
    }

    @Test
    void thePolicyAllowsTheServersOfTheConfiguration() throws IOException {
        Manifest policy = Manifest.of("network-policy.yaml");
        Manifest cluster = Manifest.of(BUILD);
        URI nats = URI.create(Manifest.of("kafka-connector.yaml").node().at("/spec/config").path("nats.servers").asText());
        String brokers = cluster.text("/spec/bootstrapServers");

        assertThat(policy.node().at("/spec/podSelector")).isEqualTo(policy.node().at("/spec/egress/2/to/0/podSelector"));
        assertThat(policy.node().at("/spec/podSelector"))
                .isEqualTo(Manifest.of("pod-monitor.yaml").node().at("/spec/selector"));
        assertThat(policy.node().at("/spec/podSelector/matchLabels").path("strimzi.io/name").asText())
                .isEqualTo(cluster.text("/metadata/name") + "-connect");
        assertThat(policy.node().at("/spec/egress/1/to/0/podSelector/matchLabels").path("strimzi.io/cluster").asText())
                .isEqualTo(brokers.replaceAll("-kafka-bootstrap:\\d+$", ""));
        assertThat(policy.text("/spec/egress/1/ports/0/port")).isEqualTo(brokers.replaceAll(".*:", ""));
        assertThat(policy.text("/spec/egress/3/ports/0/port")).isEqualTo(Integer.toString(nats.getPort()));
        assertThat(nats.getHost())
                .isEqualTo("nats."
                        + policy.node()
                                .at("/spec/egress/3/to/0/namespaceSelector/matchLabels")
                                .path("kubernetes.io/metadata.name")
                                .asText()
                        + ".svc");
    }

    /** The worker file is tested with real workers. */
    @ParameterizedTest
    @MethodSource("clusters")
    void theWorkersHaveThePropertiesOfTheWorkerFile(Manifest cluster) throws IOException {
        Properties worker = new Properties();
        try (Reader reader =
                Files.newBufferedReader(Manifest.BASE.resolve("config/workers/distributed.properties"))) {
            worker.load(reader);
        }
        Map<String, String> expected = new HashMap<>();
        worker.stringPropertyNames().stream()
                .filter(name -> OPERATOR_SETS.stream().noneMatch(name::startsWith))
                .forEach(name -> expected.put(name, worker.getProperty(name)));
        Map<String, String> config = texts(cluster.node().at("/spec/config"));

        assertThat(config.keySet())
                .allSatisfy(name -> assertThat(OPERATOR_SETS).noneMatch(name::startsWith));
        config.keySet().removeIf(name -> name.startsWith("config.providers"));
        assertThat(config).containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(cluster.text("/spec/groupId")).isEqualTo(worker.getProperty("group.id"));
        assertThat(cluster.text("/spec/configStorageTopic")).isEqualTo(worker.getProperty("config.storage.topic"));
        assertThat(cluster.text("/spec/offsetStorageTopic")).isEqualTo(worker.getProperty("offset.storage.topic"));
        assertThat(cluster.text("/spec/statusStorageTopic")).isEqualTo(worker.getProperty("status.storage.topic"));
    }

    @Test
    void theTwoClustersDifferInTheOriginOfThePluginOnly() throws IOException {
        ObjectNode build = Manifest.of(BUILD).node().deepCopy();
        ObjectNode image = Manifest.of(PLUGIN_IMAGE).node().deepCopy();

        assertThat(build.withObject("/spec").remove("build")).isNotNull();
        assertThat(image.withObject("/spec").remove("plugins")).isNotNull();
        assertThat(build).isEqualTo(image);
    }

    /** Parts of KafkaConnect resources in other places. */
    @Test
    void partsInOtherPlacesComplyToo() throws IOException {
        String readme = Files.readString(Manifest.BASE.resolve("connector/README.md"));
        String block = readme.substring(readme.indexOf("```yaml\n") + 8);
        Path reporter = Manifest.BASE.resolve("docker/observability/strimzi-metrics-reporter.yaml");
        List<Manifest> parts = new ArrayList<>(
                Manifest.parse("connector/README.md", block.substring(0, block.indexOf("```"))));
        parts.addAll(Manifest.parse(reporter.toString(), Files.readString(reporter)));

        assertThat(parts).hasSize(2);
        for (Manifest part : parts) {
            assertThat(ManifestSchema.problemsOfPart(part.node())).as("%s", part).isEmpty();
        }
    }

    private static void assertReported(String file, String parent, String field, JsonNode value) throws IOException {
        JsonNode mutant = Manifest.of(file).node().deepCopy();
        ((ObjectNode) mutant.at(parent)).set(field, value);

        assertThat(ManifestSchema.problems(mutant))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).contains(field));
    }

    private Map<String, String> connector() throws IOException {
        Manifest connector = Manifest.of("kafka-connector.yaml");
        Map<String, String> config = texts(connector.node().at("/spec/config"));
        config.replaceAll((key, value) -> REFERENCE.matcher(value).matches() ? Credentials.FILE : value);
        config.put(
                "nats.ssl.truststore.location",
                Files.writeString(folder.resolve("ca.crt"), AUTHORITY).toString());
        config.put("name", connector.text("/metadata/name"));
        config.put("connector.class", connector.text("/spec/class"));
        config.put("tasks.max", connector.text("/spec/tasksMax"));
        return config;
    }

    private static void assertValid(Map<String, String> config) {
        assertThat(new NatsJetStreamSinkConnector().validate(config).configValues())
                .hasSizeGreaterThan(50)
                .allSatisfy(value ->
                        assertThat(value.errorMessages()).as(value.name()).isEmpty());
    }

    private static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new HashMap<>();
        node.propertyStream()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }

    private static List<JsonNode> misspelled(JsonNode root) {
        List<JsonNode> mutants = new ArrayList<>();
        misspell(root, root, "", mutants);
        return mutants;
    }

    /** Adds copies of the root that have one field of the node, or of a node below it, under another name. */
    private static void misspell(JsonNode root, JsonNode node, String pointer, List<JsonNode> mutants) {
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            misspell(root, node.path(i), pointer + "/" + i, mutants);
        }
        node.propertyStream().map(Map.Entry::getKey).forEach(name -> {
            JsonNode mutant = root.deepCopy();
            ObjectNode parent = (ObjectNode) mutant.at(pointer);
            parent.set(name + "x", parent.remove(name));
            if (!pointer.isEmpty() || !name.equals("kind")) {
                mutants.add(mutant);
            }
            if (!OPEN.contains(name)) {
                misspell(root, node.path(name), pointer + "/" + name, mutants);
            }
        });
    }
}
