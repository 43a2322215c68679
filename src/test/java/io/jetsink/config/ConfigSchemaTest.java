package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.jetsink.support.Recipe;
import io.jetsink.support.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON schema of the configuration, judged by a validator and compared with the connector. */
class ConfigSchemaTest {
    private static final Path FILE = Path.of("config", "schema.json");
    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final String TEXT = ConfigSchema.render(SinkConfig.definition());

    @Test
    void committedSchemaIsThatOfTheKeys() throws IOException {
        if (System.getProperty("reference.write") != null) {
            Files.writeString(FILE, TEXT);
        }

        assertThat(Files.readString(FILE))
                .as("write it with: mvn -q test -Dtest=ConfigSchemaTest -Dreference.write")
                .isEqualTo(TEXT);
    }

    @Test
    void isASchemaOfItsDialect() throws IOException {
        Schema dialect = REGISTRY.getSchema(SchemaLocation.of(ConfigSchema.DIALECT));

        assertThat(errors(dialect, JSON.readTree(TEXT))).isEmpty();
        assertThat(errors(dialect, JSON.readTree(TEXT.replace("\"type\": \"object\"", "\"type\": \"objects\""))))
                .isNotEmpty();
    }

    @Test
    void describesEveryKeyAndRequiresThoseWithoutDefault() throws IOException {
        JsonNode schema = JSON.readTree(TEXT);

        assertThat(schema.path("properties").propertyStream().map(Map.Entry::getKey))
                .containsExactlyElementsOf(SinkConfig.definition().names());
        assertThat(schema.path("properties"))
                .allSatisfy(property ->
                        assertThat(property.path("description").asText()).endsWith("."));
        assertThat(schema.path("required")).extracting(JsonNode::asText).containsExactly("nats.servers");
    }

    @Test
    void passwordsAreNeverRead() throws IOException {
        List<String> passwords = SinkConfig.definition().configKeys().values().stream()
                .filter(key -> key.type == Type.PASSWORD)
                .map(key -> key.name)
                .toList();

        assertThat(JSON.readTree(TEXT)
                        .path("properties")
                        .propertyStream()
                        .filter(property ->
                                property.getValue().path("writeOnly").asBoolean())
                        .map(Map.Entry::getKey))
                .isNotEmpty()
                .containsExactlyElementsOf(passwords);
    }

    static List<Recipe> recipes() {
        return Stream.of(Recipes.files(), Recipes.documented())
                .flatMap(List::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void acceptsEveryShippedAndDocumentedConnector(Recipe recipe) {
        assertThat(errors(JSON.valueToTree(recipe.config()))).isEmpty();
    }

    static Stream<String> defaults() throws IOException {
        return JSON.readTree(TEXT)
                .path("properties")
                .propertyStream()
                .filter(property -> property.getValue().has("default"))
                .map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void acceptsTheDefaultAsItsOwnTypeAndAsText(String name) throws IOException {
        ConfigKey key = SinkConfig.definition().configKeys().get(name);
        JsonNode preset = JSON.readTree(TEXT).path("properties").path(name).path("default");

        assertThat(key.hasDefault()).isTrue();
        assertThat(errors(config().set(name, preset))).isEmpty();
        assertThat(errors(config().put(name, preset.asText()))).isEmpty();
        assertThat(SinkConfig.validate(Props.with(name, preset.asText())))
                .filteredOn(value -> value.name().equals(name))
                .allSatisfy(
                        value -> assertThat(value.errorMessages()).noneMatch(error -> error.startsWith("[JS-1001]")));
    }

    /** The connector refuses each of these, too. */
    @ParameterizedTest
    @CsvSource({
        "nats.server, 'nats://localhost'",
        "publish, fast",
        "kv.buckets, b",
        "delivery.guarantee, sometimes",
        "publish.mode, ''",
        "tombstones, keep",
        "jetstream.stream.create, yes",
        "publish.max.pending, many",
        "publish.max.pending, 1.5",
        "nats.connect.timeout.ms, 5s"
    })
    void refusesAValueThatTheConnectorRefuses(String key, String value) {
        assertThat(errors(config().put(key, value))).isNotEmpty().anyMatch(error -> error.contains(key));
        assertThat(Props.errors(Props.with(key, value))).containsKey(key);
    }

    @ParameterizedTest
    @CsvSource({
        "publish.max.pending, 0, false",
        "publish.max.pending, 1, true",
        "publish.max.pending, 65536, true",
        "publish.max.pending, 65537, false",
        "publish.retry.timeout.ms, -1, true",
        "publish.retry.timeout.ms, -2, false",
        "publish.retry.timeout.ms, 999, false",
        "publish.retry.timeout.ms, 1000, true",
        "jetstream.stream.max.bytes, 9223372036854775807, true"
    })
    void checksTheRangeOfANumberAsTheConnectorDoes(String key, long number, boolean valid) {
        assertThat(errors(config().put(key, number)).isEmpty()).isEqualTo(valid);
        String error = Props.errors(Props.with(key, Long.toString(number))).getOrDefault(key, "");
        assertThat(error.contains("whole number")).isEqualTo(!valid);
    }

    @Test
    void refusesAConfigurationWithoutServers() {
        assertThat(errors(JSON.createObjectNode().put("name", "orders")))
                .singleElement()
                .asString()
                .contains("nats.servers");
    }

    @Test
    void acceptsNumbersAndBooleansAndReferences() {
        assertThat(errors(config().put("publish.max.pending", 100)
                        .put("jetstream.stream.create", true)
                        .put("nats.tls.first", "${file:/etc/nats.properties:first}")
                        .put("nats.ping.interval.ms", "${env:PING}")
                        .put("delivery.guarantee", "${env:GUARANTEE}")
                        .put("nats.auth.token", "${file:/etc/nats.properties:token}")))
                .isEmpty();
    }

    @Test
    void acceptsKeysOfConnectAndOfPluggedInClasses() {
        assertThat(errors(config().put("tasks.max", 4)
                        .put("errors.tolerance", "all")
                        .put("transforms.route.type", "org.apache.kafka.connect.transforms.RegexRouter")
                        .put("value.converter.schemas.enable", false)
                        .put("header.converter", "org.apache.kafka.connect.storage.StringConverter")
                        .put("consumer.override.max.poll.records", "5000")
                        .put("payload.converter.schemas.enable", false)
                        .put("subject.mapper", "com.example.Mapper")
                        .put("subject.mapper.table", "subjects")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"topics", "nats.servers"})
    void refusesArrays(String key) {
        ObjectNode config = config();
        config.putArray(key).add("orders");

        assertThat(errors(config)).isNotEmpty().anyMatch(error -> error.contains(key));
    }

    private static ObjectNode config() {
        return JSON.createObjectNode().put("name", "orders").put("nats.servers", "nats://localhost");
    }

    private static List<String> errors(JsonNode config) {
        try {
            return errors(REGISTRY.getSchema(JSON.readTree(TEXT)), config);
        } catch (IOException e) {
            throw new IllegalStateException("not JSON: " + TEXT, e);
        }
    }

    private static List<String> errors(Schema schema, JsonNode json) {
        return schema.validate(json).stream().map(Object::toString).toList();
    }
}
