package io.jetsink.translate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jetsink.message.OutboundMessage;
import io.jetsink.support.Translations;
import io.nats.client.impl.Headers;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The header block of a message as it goes to the server, line by line. */
final class HeaderLines {
    private HeaderLines() {}

    /** Sorted by names, between which NATS keeps no order; the values of one name as they are. */
    static List<String> of(@Nullable Headers headers) {
        if (headers == null) {
            return List.of();
        }
        String block = new String(headers.getSerialized(), US_ASCII);
        if (!block.startsWith("NATS/1.0\r\n") || !block.endsWith("\r\n\r\n")) {
            throw new AssertionError("no header block: " + block);
        }
        return block.substring("NATS/1.0\r\n".length())
                .lines()
                .filter(line -> !line.isEmpty())
                .sorted(Comparator.comparing(line -> line.substring(0, line.indexOf(':'))))
                .toList();
    }

    /** The block that a record gets by these settings. */
    static List<String> of(SinkRecord record, String... settings) {
        try (RecordTranslator translator = new RecordTranslator(Translations.of(settings), "orders-to-nats")) {
            return of(message(translator, record).headers());
        }
    }

    static OutboundMessage message(RecordTranslator translator, SinkRecord record) {
        return Objects.requireNonNull(translator.translate(record));
    }

    /** A record with these headers, schemaless. */
    static SinkRecord with(Object... namesAndValues) {
        ConnectHeaders headers = new ConnectHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add((String) namesAndValues[i], namesAndValues[i + 1], null);
        }
        return new SinkRecord("orders", 3, null, "k", null, "v", 7, null, null, headers);
    }
}
