package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.AvroRegistry;
import io.jetsink.support.Bridge;
import io.jetsink.support.Recipe;
import io.jetsink.support.Recipes;
import io.jetsink.support.nats.SecureNats;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamPosition;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every connector that users are shown runs as it stands there, but for hosts, paths and the number of replicas, in one real
 * worker with the packaged plugin against one real nats-server, and stores what is registered for it in {@link RecipeCases}.
 */
class RecipesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BUCKET = "KV_";
    private static final String SECRETS = "/etc/connect/secrets";

    private static Bridge bridge;
    private static SecureNats secure;
    private static AvroRegistry registry;
    private static Connection open;
    private static Connection guarded;
    private static ToolRecipe tool;

    @TempDir
    private static Path secrets;

    @BeforeAll
    static void start() throws Exception {
        secure = SecureNats.start(secrets);
        registry = AvroRegistry.start(RecipeCases.AVRO);
        bridge = Bridge.start(
                1,
                connect -> connect.withAdditions()
                        .property("config.providers", "file,dir")
                        .property(
                                "config.providers.file.class",
                                "org.apache.kafka.common.config.provider.FileConfigProvider")
                        .property(
                                "config.providers.dir.class",
                                "org.apache.kafka.common.config.provider.DirectoryConfigProvider"));
        open = bridge.nats().connect();
        guarded = secure.connect();
        tool = new ToolRecipe(bridge, secrets);
    }

    @AfterAll
    static void stop() throws Exception {
        guarded.close();
        open.close();
        bridge.close();
        registry.close();
        secure.close();
    }

    @Test
    void everyRecipeOfTheDocumentationStoresWhatItPromises() throws Exception {
        run(Recipes.documented());
    }

    @Test
    void everyFileThatIsShippedStoresWhatItPromises() throws Exception {
        run(Recipes.files());
    }

    /** All of them at once: a worker is quicker than a test that waits for one after the other. */
    private static void run(List<Recipe> recipes) throws Exception {
        assertThat(recipes).extracting(Recipe::name).doesNotHaveDuplicates();
        assertThat(RecipeCases.BY_NAME.keySet())
                .containsAll(recipes.stream().map(Recipe::name).toList());
        prepare(recipes);
        for (Recipe recipe : recipes) {
            bridge.rest().create(recipe.name(), here(recipe));
        }
        SoftAssertions all = new SoftAssertions();
        for (Recipe recipe : recipes) {
            all.assertThatCode(() -> check(recipe)).as(recipe.toString()).doesNotThrowAnyException();
        }
        recipes.forEach(recipe -> bridge.rest().delete(recipe.name()));
        all.assertAll();
    }

    private static void prepare(List<Recipe> recipes) throws Exception {
        Set<String> topics = new HashSet<>();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Recipe recipe : recipes) {
            RecipeCase expected = expected(recipe);
            for (String topic : expected.topics()) {
                assertThat(topics.add(topic))
                        .as("%s has topic %s for itself", recipe, topic)
                        .isTrue();
                create(topic);
            }
            records.addAll(expected.records());
            createTarget(recipe, expected);
        }
        bridge.kafka().produce(records);
    }

    /** A topic that another list of recipes has used begins anew. */
    private static void create(String topic) throws Exception {
        Map<String, String> config = Map.of("max.message.bytes", Integer.toString(16 << 20));
        if (bridge.kafka().admin().listTopics().names().get().contains(topic)) {
            bridge.kafka().createTopicAgain(topic, 1);
        } else {
            bridge.kafka().createTopic(topic, 1, config);
        }
    }

    /** Creates the stream or bucket as users do. If the connector creates it, only deletes the old one. */
    private static void createTarget(Recipe recipe, RecipeCase expected) throws Exception {
        Connection connection = connection(recipe);
        String stream = expected.stream();
        if (connection.jetStreamManagement().getStreamNames().contains(stream)) {
            connection.jetStreamManagement().deleteStream(stream);
        }
        String objects = recipe.config().get("oversize.bucket");
        if (objects != null) {
            connection
                    .objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder(objects).build());
        }
        if (expected.subjects().isEmpty()) {
            return;
        }
        if (stream.startsWith(BUCKET)) {
            connection
                    .keyValueManagement()
                    .create(KeyValueConfiguration.builder()
                            .name(stream.substring(BUCKET.length()))
                            .build());
        } else {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(stream)
                            .subjects(expected.subjects())
                            .build());
        }
    }

    /** As it is on this machine. */
    private static Map<String, String> here(Recipe recipe) {
        Map<String, String> config = recipe.copy();
        config.replaceAll((key, value) -> key.matches(".*replica(s|tion\\.factor)")
                ? "1"
                : value.replace(SECRETS, secrets.toString()).replace("registry.example.com:8080", registry.address()));
        config.put(
                "nats.servers", isSecure(recipe) ? secure.url() : bridge.nats().url());
        return config;
    }

    private static void check(Recipe recipe) throws Exception {
        RecipeCase expected = expected(recipe);
        bridge.kafka().awaitDrained(bridge.rest(), recipe.name(), expected.topics(), PATIENCE);
        // With best-effort the stream may be a moment behind.
        Awaitility.await("messages of " + recipe.name())
                .atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertStored(expected, stored(connection(recipe), expected.stream())));
        tool.check(
                recipe.name(),
                here(recipe),
                connection(recipe)
                        .jetStreamManagement()
                        .getStreamInfo(expected.stream())
                        .getConfiguration()
                        .getMaxMsgsPerSubject(),
                stored(connection(recipe), expected.stream()));
    }

    /** Topics have one partition each, and between two of them there is no order. */
    private static void assertStored(RecipeCase expected, List<String> stored) {
        if (expected.topics().size() == 1) {
            assertThat(stored).containsExactlyElementsOf(expected.stored());
        } else {
            assertThat(stored).containsExactlyInAnyOrderElementsOf(expected.stored());
        }
    }

    private static List<String> stored(Connection connection, String stream) {
        List<String> lines = new ArrayList<>();
        StreamChecker.read(connection, stream, message -> {
            lines.add(RecipeCase.line(message.getSubject(), headers(message), message.getData()));
            return new StreamPosition(0, lines.size());
        });
        return lines;
    }

    private static Map<String, List<String>> headers(Message message) {
        Map<String, List<String>> all = new HashMap<>();
        Headers headers = message.getHeaders();
        if (headers != null) {
            headers.forEach(all::put);
        }
        // What exactly-once has to say to JetStream is another one each time.
        all.keySet().removeIf(name -> name.startsWith("Nats-Batch-"));
        return all;
    }

    private static RecipeCase expected(Recipe recipe) {
        return Objects.requireNonNull(RecipeCases.BY_NAME.get(recipe.name()));
    }

    private static Connection connection(Recipe recipe) {
        return isSecure(recipe) ? guarded : open;
    }

    private static boolean isSecure(Recipe recipe) {
        return recipe.config().getOrDefault("nats.servers", "").startsWith("tls:");
    }
}
