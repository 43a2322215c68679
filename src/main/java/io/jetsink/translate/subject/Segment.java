package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** A part of a template. The text that it adds to a subject is never empty. */
interface Segment {
    /** @throws RejectedRecordException if the record has no value for the segment, or a value that is not valid in it */
    void appendTo(SubjectBuffer subject, SinkRecord record);

    /** Returns whether the segment adds the same text for all records of one topic and partition. */
    default boolean isFixedPerPartition() {
        return false;
    }

    /** Returns the text of the segment in a subject filter: {@code *} within one token, {@code >} if it may add dots. */
    default String filter() {
        return "*";
    }

    /** The text between variables, which the parser has checked. */
    record Literal(String text) implements Segment {
        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            subject.literal(text);
        }

        @Override
        public boolean isFixedPerPartition() {
            return true;
        }

        @Override
        public String filter() {
            return text;
        }
    }

    /** A variable. Its value is one token, but its default may have several. */
    interface OfVariable extends Segment {
        Variable variable();

        @Override
        default String filter() {
            String fallback = variable().fallback();
            return fallback == null || fallback.indexOf('.') < 0 ? "*" : ">";
        }
    }

    /**
     * The name of the topic.
     *
     * @param asToken whether the dots of the name are encoded
     */
    record Topic(Variable variable, boolean asToken) implements OfVariable {
        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            @Nullable String topic = record.topic();
            if (topic == null || topic.isEmpty()) {
                variable.absent(subject);
            } else if (asToken) {
                subject.text(variable.name(), topic);
            } else {
                subject.dotted(variable.name(), topic);
            }
        }

        @Override
        public boolean isFixedPerPartition() {
            return true;
        }

        @Override
        public String filter() {
            return asToken ? OfVariable.super.filter() : ">";
        }
    }

    /** The whole key. */
    record Key(Variable variable) implements OfVariable {
        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            TokenWriter.append(subject, variable, record.keySchema(), record.key());
        }
    }

    /** The partition of the record. Its default is never used, because each record has a partition. */
    record Partition(Variable variable) implements OfVariable {
        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            subject.number(variable.name(), record.kafkaPartition());
        }

        @Override
        public boolean isFixedPerPartition() {
            return true;
        }

        @Override
        public String filter() {
            return "*";
        }
    }

    /** The last header of a name, which is the one that was added last. */
    record OfHeader(Variable variable, String header) implements OfVariable {
        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            @Nullable Header last = record.headers().lastWithName(header);
            if (last == null) {
                variable.absent(subject);
            } else {
                TokenWriter.append(subject, variable, last.schema(), last.value());
            }
        }
    }
}
