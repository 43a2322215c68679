package io.jetsink.translate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.message.OutboundMessage;
import io.nats.client.impl.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records and messages as the lines of a golden file. Of messages nothing is left out: two that differ in a byte of their
 * subject, headers or payload have different lines.
 */
final class GoldenText {
    private static final String INDENT = "    ";

    private GoldenText() {}

    static String of(SinkRecord record) {
        StringBuilder text = new StringBuilder("record\n");
        line(
                text,
                "from",
                record.originalTopic() + "-" + record.originalKafkaPartition() + "@" + record.originalKafkaOffset());
        line(text, "time", String.valueOf(record.timestamp()));
        line(text, "key", value(record.keySchema(), record.key()));
        for (Header header : record.headers()) {
            line(text, "header", header.key() + ": " + value(header.schema(), header.value()));
        }
        line(text, "value", value(record.valueSchema(), record.value()));
        return text.toString();
    }

    static String of(OutboundMessage message) {
        StringBuilder text = new StringBuilder();
        line(text, "subject", message.subject());
        Headers headers = message.headers();
        if (headers != null) {
            for (String name : new TreeSet<>(headers.keySet())) {
                for (String value : headers.get(name)) {
                    line(text, "header", name + ": " + quotedIfBlank(value));
                }
            }
        }
        byte[] payload = message.payload();
        String printable = printable(payload);
        if (payload.length == 0) {
            line(text, "payload", "empty");
        } else if (printable != null) {
            line(text, "payload", "text " + printable);
        } else {
            line(text, "payload", "base64 " + Base64.getEncoder().encodeToString(payload));
        }
        return text.toString();
    }

    static String rejected(String reason) {
        StringBuilder text = new StringBuilder();
        line(text, "rejected", reason);
        return text.toString();
    }

    private static void line(StringBuilder text, String what, String value) {
        text.append(INDENT).append(String.format("%-8s ", what)).append(value).append('\n');
    }

    /** Editors and formatters take blanks at the end of a line away. */
    private static String quotedIfBlank(String value) {
        return value.isEmpty() || value.isBlank() || value.startsWith("\"") ? '"' + value + '"' : value;
    }

    /** As text, if that is UTF-8, has one line and keeps its ends. */
    private static @Nullable String printable(byte[] bytes) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            boolean safe = text.chars().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
            return safe && text.strip().length() == text.length() ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String value(@Nullable Schema schema, @Nullable Object value) {
        String type = schema == null ? "" : type(schema) + " ";
        if (value == null) {
            return type + "null";
        }
        if (value instanceof String text) {
            return type + quoted(text);
        }
        if (value instanceof byte[] bytes) {
            return type + "bytes " + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            return type + "buffer " + HexFormat.of().formatHex(copy);
        }
        if (value instanceof java.util.Date date) {
            return type + "date " + date.getTime();
        }
        if (value instanceof Struct struct) {
            return type
                    + struct.schema().fields().stream()
                            .map(field -> field(struct, field))
                            .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof Map<?, ?> map) {
            return type
                    + map.entrySet().stream()
                            .map(entry -> value(null, entry.getKey()) + "=" + value(null, entry.getValue()))
                            .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return type
                    + list.stream().map(element -> value(null, element)).collect(Collectors.joining(", ", "[", "]"));
        }
        return type + value.getClass().getSimpleName() + " " + value;
    }

    private static String field(Struct struct, Field field) {
        return field.name() + ": " + value(field.schema(), struct.getWithoutDefault(field.name()));
    }

    private static String type(Schema schema) {
        return schema.type().getName()
                + (schema.name() == null ? "" : "(" + schema.name() + ")")
                + (schema.isOptional() ? "?" : "");
    }

    private static String quoted(String text) {
        return text.chars()
                .mapToObj(c -> c >= ' ' && c <= '~' ? String.valueOf((char) c) : String.format("\\u%04x", c))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
