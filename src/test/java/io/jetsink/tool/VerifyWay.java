package io.jetsink.tool;

import io.jetsink.support.Bridge;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The ways of comparing, each with a stream and a connector of its own. */
enum VerifyWay {
    COORDINATES("headers.coordinates", "true"),
    IDS("message.id", "coordinates"),
    DIGESTS("message.id", "none");

    private final String key;
    private final String value;

    VerifyWay(String key, String value) {
        this.key = key;
        this.value = value;
    }

    String subject() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A stream that does not notice repeated ids after a moment. */
    StreamConfiguration stream() {
        return StreamConfiguration.builder()
                .name(name())
                .subjects(subject() + ".>")
                .duplicateWindow(Duration.ofMillis(100))
                .build();
    }

    Map<String, String> config(String topic, String nats) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class",
                Bridge.CONNECTOR_CLASS,
                "topics",
                topic,
                "key.converter",
                "org.apache.kafka.connect.storage.StringConverter",
                "value.converter",
                "org.apache.kafka.connect.storage.StringConverter",
                "nats.servers",
                nats,
                "jetstream.stream",
                name(),
                "subject",
                subject() + ".${partition}"));
        config.put(key, value);
        return config;
    }
}
