package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.OtherJars;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jars of other versions in the connector's folder of a real worker, as converters bring them along. */
class OtherVersionsIT {
    @TempDir
    private Path folder;

    @Test
    void anotherJacksonIsNoMatter() throws Exception {
        jacksonIn("lib/avro");
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(strings = {"lib", "lib/0", "lib/z-avro"})
    void whereverItLies(String place) throws Exception {
        jacksonIn(place);
    }

    private void jacksonIn(String place) throws Exception {
        Path other = OtherJars.jackson(folder, place);
        try (Bridge bridge = Bridge.start(1, connect -> connect.plugin(other))) {
            for (String encoder : new String[] {"auto", "json", "cloudevents"}) {
                Map<String, String> config = new HashMap<>(Map.of("payload.encoder", encoder));
                config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
                config.put("value.converter.schemas.enable", "false");
                config.put("headers.key", "Key");
                bridge.createTopicAndStream("t-" + encoder, 1);
                produce(bridge, "t-" + encoder, "{\"a\":1.5}");
                bridge.run("t-" + encoder, 1, config);
                bridge.awaitDrained("t-" + encoder);

                assertThat(bridge.stored("t-" + encoder)).isEqualTo(1);
                byte[] data = bridge.nats().messages("t-" + encoder).get(0).getData();
                assertThat(new String(Objects.requireNonNull(data), UTF_8)).contains("{\"a\":1.5}");
            }
        }
    }

    @Tag("faults")
    @Test
    void anotherClientIsNamedWithItsJar() throws Exception {
        Path other = OtherJars.jnats(folder, "lib/avro");
        try (Bridge bridge = Bridge.start(1, connect -> connect.plugin(other))) {
            bridge.createTopicAndStream("client", 1);
            bridge.run("client", 1, Map.of());
            produce(bridge, "client", "x");

            assertThat(bridge.rest().awaitFailed("client").tasks().get(0).trace())
                    .contains(
                            "another version of jnats is in the connector's folder: ",
                            "lib/avro/jnats-2.0.0.jar hides ")
                    .contains("jnats-2.26", "lib/z-converter");
        }
    }

    private static void produce(Bridge bridge, String topic, String value) {
        bridge.kafka().produce(topic, "k".getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
