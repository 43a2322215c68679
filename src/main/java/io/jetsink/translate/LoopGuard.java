package io.jetsink.translate;

import io.jetsink.config.HeaderSettings;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guard against loops of two-way bridges: messages are marked with where they come from, and records that bear the same
 * mark, which some bridge has brought back, are left out.
 *
 * <p>Threads: used by one thread.
 */
final class LoopGuard implements ConnectorHeaders, RecordFilter {
    static final String HEADER = "Jetsink-Origin";
    private static final Logger LOG = LoggerFactory.getLogger(LoopGuard.class);

    private final String connector;
    private final String value;
    private final ValueText text = new ValueText("The header " + HEADER, HeaderSettings.ORIGIN_CONFIG);
    private long skipped;

    LoopGuard(String connector, String value) {
        this.connector = connector;
        this.value = value;
    }

    /** Beside the marks of other bridges, if those travel: each of them knows its own. */
    @Override
    public void add(SinkRecord record, HeaderBlock headers) {
        headers.add(HEADER, value);
    }

    @Override
    public boolean skip(SinkRecord record) {
        if (record.headers().isEmpty()) {
            return false;
        }
        for (Header header : record.headers()) {
            if (HEADER.equals(header.key()) && isFromHere(header)) {
                tell(record);
                return true;
            }
        }
        return false;
    }

    /** Converters may have taken the mark for a number or a date. */
    private boolean isFromHere(Header header) {
        Object mark = header.value();
        boolean structure = mark instanceof Struct || mark instanceof Map || mark instanceof List;
        return !structure && value.equals(text.of(header.schema(), mark));
    }

    /** How many records were left out. */
    long skipped() {
        return skipped;
    }

    private void tell(SinkRecord record) {
        if (skipped++ == 0) {
            LOG.info(
                    "{}: records that come from here are skipped, as headers.origin={} has it; the first at {}-{}@{}",
                    connector,
                    value,
                    record.originalTopic(),
                    record.originalKafkaPartition(),
                    record.originalKafkaOffset());
        }
    }
}
