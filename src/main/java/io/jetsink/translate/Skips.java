package io.jetsink.translate;

import io.jetsink.config.Tombstones;
import io.jetsink.config.TranslationSettings;
import org.apache.kafka.connect.sink.SinkRecord;

/** Which records are left out, as configured: delivered, as far as Kafka is concerned, and no message. */
@FunctionalInterface
interface Skips {
    boolean skip(SinkRecord record);

    static Skips of(TranslationSettings settings) {
        return settings.message().tombstones() == Tombstones.SKIP ? record -> record.value() == null : record -> false;
    }
}
