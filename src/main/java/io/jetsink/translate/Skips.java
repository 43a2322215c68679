package io.jetsink.translate;

import io.jetsink.config.Tombstones;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Which records are left out, as configured: delivered, as far as Kafka is concerned, and no message. */
@FunctionalInterface
interface Skips {
    boolean skip(SinkRecord record);

    /** @param origin null: nothing comes back */
    static Skips of(Tombstones tombstones, @Nullable Origin origin) {
        List<Skips> all = new ArrayList<>();
        if (origin != null) {
            all.add(origin);
        }
        if (tombstones == Tombstones.SKIP) {
            all.add(record -> record.value() == null);
        }
        return switch (all.size()) {
            case 0 -> record -> false;
            case 1 -> all.get(0);
            default -> record -> all.stream().anyMatch(each -> each.skip(record));
        };
    }
}
