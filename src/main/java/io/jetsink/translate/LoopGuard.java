package io.jetsink.translate;

import io.jetsink.config.HeaderSettings;
import io.jetsink.message.Coordinates;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prevents loops of two-way bridges. Each message is marked with its origin, and records with the same mark, which a bridge
 * has returned, are skipped.
 *
 * <p>Used by one thread.
 */
final class LoopGuard implements Predicate<SinkRecord> {
    static final String HEADER = "Jetsink-Origin";
    private static final Logger LOG = LoggerFactory.getLogger(LoopGuard.class);

    private final String connector;
    private final String origin;
    private final ValueText text = new ValueText("The header " + HEADER, HeaderSettings.ORIGIN_CONFIG);
    private boolean logged;

    LoopGuard(String connector, String origin) {
        this.connector = connector;
        this.origin = origin;
    }

    /** Adds the mark. Marks of other bridges stay, because each bridge recognises its own. */
    void mark(SinkRecord record, HeaderBlock headers) {
        headers.add(HEADER, origin);
    }

    /** Returns whether the record has the mark and is skipped. */
    @Override
    public boolean test(SinkRecord record) {
        if (record.headers().isEmpty()) {
            return false;
        }
        for (Header header : record.headers()) {
            if (HEADER.equals(header.key()) && isOwnMark(header)) {
                if (!logged) {
                    logged = true;
                    LOG.info(
                            "{}: skipping records that have the header Jetsink-Origin={} (headers.origin) and so"
                                    + " originate here; the first is {}",
                            connector,
                            origin,
                            Coordinates.of(record));
                }
                return true;
            }
        }
        return false;
    }

    /** Compares texts, because a converter may have parsed the mark as a number or a date. */
    private boolean isOwnMark(Header header) {
        Object mark = header.value();
        boolean structure = mark instanceof Struct || mark instanceof Map || mark instanceof List;
        return !structure && origin.equals(text.of(header.schema(), mark));
    }
}
