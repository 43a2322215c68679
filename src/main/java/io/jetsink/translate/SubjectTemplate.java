package io.jetsink.translate;

import io.jetsink.publish.RejectedRecordException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * A subject with variables, parsed once: {@code orders.${topic}.${key}}. Immutable.
 *
 * <p>What a record's values turn into is said at {@link SubjectBuffer}. As long as dots part the variables, records with
 * different values have different subjects; {@code ${topic}-${key}} is allowed, and cannot promise that. A key counts by
 * its bytes: the string {@code 1} and the number 1 are one key.
 */
final class SubjectTemplate {
    private static final String KEY = "subject";
    private static final String ALLOWED =
            "Allowed are the variables ${topic}, ${partition} and ${key}, and between them"
                    + " printable ASCII without blanks, '*', '>', '$', '{' and '}', in tokens parted by single dots.";

    private final Segment[] segments;
    private final boolean fixedPerPartition;

    private SubjectTemplate(List<Segment> segments) {
        this.segments = segments.toArray(new Segment[0]);
        this.fixedPerPartition = segments.stream().allMatch(Segment::fixedPerPartition);
    }

    /** @throws ConfigException if the text is no template, or one that no record can fill */
    static SubjectTemplate parse(String text) {
        String reserved = text.startsWith("${") ? null : SubjectBuffer.reservedPrefix(text);
        if (reserved != null) {
            throw invalid(text, 0, "it begins with " + reserved + ", which NATS keeps for itself");
        }
        List<Segment> segments = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end;
            if (text.startsWith("${", at)) {
                end = text.indexOf('}', at) + 1;
                if (end == 0) {
                    throw invalid(text, at, "'${' without a closing '}'");
                }
                segments.add(variable(text, at, end));
            } else {
                int variable = text.indexOf("${", at);
                end = variable < 0 ? text.length() : variable;
                segments.add(literal(text, at, end));
            }
            at = end;
        }
        checkSize(text, segments);
        return new SubjectTemplate(segments);
    }

    /** Whether two records of one topic and partition always have the same subject. */
    boolean fixedPerPartition() {
        return fixedPerPartition;
    }

    /** A filter, as of subscriptions, that covers the subject of every record. */
    String filter() {
        StringBuilder marked = new StringBuilder();
        for (Segment segment : segments) {
            // '*' stands for what one token can hold, '>' for dots too; neither can be in a literal.
            marked.append(
                    segment instanceof Literal literal ? literal.text() : segment instanceof TopicSegment ? ">" : "*");
        }
        StringBuilder filter = new StringBuilder();
        for (String token : marked.toString().split("\\.")) {
            filter.append(filter.isEmpty() ? "" : ".");
            if (token.indexOf('>') >= 0) {
                return filter.append('>').toString();
            }
            filter.append(token.indexOf('*') >= 0 ? "*" : token);
        }
        return filter.toString();
    }

    /** @throws RejectedRecordException if the record has no value for a variable, or one that fits no subject */
    void appendTo(SubjectBuffer subject, SinkRecord record) {
        for (Segment segment : segments) {
            segment.appendTo(subject, record);
        }
    }

    private static Segment variable(String text, int start, int end) {
        String name = text.substring(start + 2, end - 1);
        return switch (name) {
            case TopicSegment.NAME -> new TopicSegment();
            case PartitionSegment.NAME -> new PartitionSegment();
            case KeySegment.NAME -> new KeySegment();
            default -> throw invalid(text, start, "unknown variable '" + name + "'");
        };
    }

    private static Literal literal(String text, int start, int end) {
        for (int at = start; at < end; at++) {
            char c = text.charAt(at);
            if (c <= ' ' || c > '~') {
                throw invalid(text, at, String.format("a blank, control or non-ASCII character (U+%04X)", (int) c));
            }
            if ("*>${}".indexOf(c) >= 0) {
                throw invalid(text, at, "a '" + c + "'");
            }
            // A variable is never empty: only these dots have nothing on one side.
            if (c == '.' && (at == 0 || at == text.length() - 1 || text.charAt(at - 1) == '.')) {
                throw invalid(text, at, "a dot that leaves an empty token");
            }
        }
        return new Literal(text.substring(start, end));
    }

    private static void checkSize(String text, List<Segment> segments) {
        if (segments.isEmpty()) {
            throw invalid(text, 0, "nothing at all");
        }
        int bytes = 0;
        int tokens = 1;
        for (Segment segment : segments) {
            if (segment instanceof Literal literal) {
                bytes += literal.text().length();
                tokens += (int) literal.text().chars().filter(c -> c == '.').count();
            } else {
                bytes++;
            }
        }
        if (bytes > SubjectBuffer.MAX_BYTES || tokens > SubjectBuffer.MAX_TOKENS) {
            throw new ConfigException(
                    KEY,
                    text,
                    "every subject would have at least " + bytes + " bytes and " + tokens + " tokens, and "
                            + SubjectBuffer.MAX_BYTES + " and " + SubjectBuffer.MAX_TOKENS + " are allowed");
        }
    }

    private static ConfigException invalid(String text, int at, String what) {
        return new ConfigException(KEY, text, "at position " + (at + 1) + ": " + what + ". " + ALLOWED);
    }

    /** A piece of the template: what it adds to the subject of a record is never empty. */
    private sealed interface Segment {
        void appendTo(SubjectBuffer subject, SinkRecord record);

        /** Whether it adds the same for all records of one topic and partition. */
        default boolean fixedPerPartition() {
            return true;
        }
    }

    private record Literal(String text) implements Segment {
        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            subject.literal(text);
        }
    }

    private record TopicSegment() implements Segment {
        private static final String NAME = "topic";

        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            @Nullable String topic = record.topic();
            if (topic == null || topic.isEmpty()) {
                throw new RejectedRecordException("The record has no topic, which ${topic} in subject needs:"
                        + " correct the transform that took it away.");
            }
            subject.dotted(NAME, topic);
        }
    }

    private record PartitionSegment() implements Segment {
        private static final String NAME = "partition";

        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            subject.number(NAME, record.kafkaPartition());
        }
    }

    private record KeySegment() implements Segment {
        private static final String NAME = "key";

        @Override
        public boolean fixedPerPartition() {
            return false;
        }

        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            @Nullable Object key = record.key();
            if (key instanceof String text) {
                requireNotEmpty(text.length());
                subject.text(NAME, text);
            } else if (key instanceof Long || key instanceof Integer || key instanceof Short || key instanceof Byte) {
                subject.number(NAME, ((Number) key).longValue());
            } else if (key instanceof byte[] bytes) {
                binary(subject, ByteBuffer.wrap(bytes));
            } else if (key instanceof ByteBuffer bytes) {
                binary(subject, bytes);
            } else if (key instanceof BigDecimal decimal) {
                subject.text(NAME, Decimals.text(decimal));
            } else if (key instanceof Boolean
                    || key instanceof Double
                    || key instanceof Float
                    || key instanceof BigInteger) {
                subject.text(NAME, key.toString());
            } else {
                throw unusable(key);
            }
        }

        private static void binary(SubjectBuffer subject, ByteBuffer bytes) {
            requireNotEmpty(bytes.remaining());
            subject.binary(NAME, bytes);
        }

        private static void requireNotEmpty(int length) {
            if (length == 0) {
                throw new RejectedRecordException("The record's key is empty, and ${key} in subject needs one:"
                        + " change subject, or give the record a key.");
            }
        }

        private static RejectedRecordException unusable(@Nullable Object key) {
            return new RejectedRecordException(
                    key == null
                            ? "The record has no key, and ${key} in subject needs one:"
                                    + " change subject, or give the record a key."
                            : "The record's key is a " + key.getClass().getName() + ", and ${key} in subject takes"
                                    + " strings, bytes, numbers and booleans: change subject, or make one field"
                                    + " the key with a transform.");
        }
    }
}
