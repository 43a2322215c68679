package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** A piece of a template: what it adds to the subject of a record is never empty. */
interface Segment {
    /** @throws RejectedRecordException if the record has nothing to add, or nothing that fits */
    void appendTo(SubjectBuffer subject, SinkRecord record);

    /** Whether it adds the same for all records of one topic and partition. */
    default boolean isFixedPerPartition() {
        return false;
    }

    /** What stands for it in a filter: {@code *} for what one token can hold, {@code >} where dots may be. */
    default String filter() {
        return "*";
    }

    /** The author's own text, which was checked when it was parsed. */
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

    /** A variable whose default may be several tokens where its value is one. */
    interface OfVariable extends Segment {
        Variable variable();

        @Override
        default String filter() {
            String fallback = variable().fallback();
            return fallback == null || fallback.indexOf('.') < 0 ? "*" : ">";
        }
    }

    /** @param asToken whether the topic's dots are encoded */
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

    /** A partition is always there. */
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

    /** The whole key. */
    record Key(Variable variable) implements OfVariable {
        @Override
        public void appendTo(SubjectBuffer subject, SinkRecord record) {
            TokenWriter.append(subject, variable, record.keySchema(), record.key());
        }
    }
}
