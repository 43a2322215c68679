package io.jetsink.translate;

import io.jetsink.config.TranslationSettings;
import io.jetsink.support.Translations;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Creates records and settings from the properties that matter to a test. */
public final class Records {
    private Records() {}

    public static SinkRecord withKey(@Nullable Object key) {
        return at("orders", 3, key);
    }

    public static SinkRecord at(@Nullable String topic, int partition, @Nullable Object key) {
        return new SinkRecord(topic, partition, null, key, null, new byte[0], 7);
    }

    public static SinkRecord withValue(@Nullable Schema schema, @Nullable Object value) {
        return new SinkRecord("orders", 3, null, "k", schema, value, 7);
    }

    static TranslationSettings settings(String payload, String tombstones) {
        return Translations.of("subject", "${topic}.${key}", "payload.encoder", payload, "tombstones", tombstones);
    }

    /** A map with these keys and values in this order. */
    static Map<Object, Object> ordered(@Nullable Object... entries) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(entries[i], entries[i + 1]);
        }
        return map;
    }
}
