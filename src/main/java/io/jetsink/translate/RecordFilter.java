package io.jetsink.translate;

import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** Which records are left out, as configured: delivered, as far as Kafka is concerned, and no message. */
@FunctionalInterface
interface RecordFilter {
    boolean skip(SinkRecord record);

    /** Left out by any of these. */
    static RecordFilter anyOf(List<RecordFilter> skips) {
        return switch (skips.size()) {
            case 0 -> record -> false;
            case 1 -> skips.get(0);
            default -> record -> skips.stream().anyMatch(each -> each.skip(record));
        };
    }
}
