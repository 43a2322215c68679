package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A subject with variables, parsed once: {@code orders.${topic}.${key}}.
 *
 * <p>What a record's values turn into is said at {@link TokenWriter} and {@link SubjectBuffer}. As long as dots part the
 * variables, records with different values have different subjects; {@code ${topic}-${key}} is allowed, and cannot promise
 * that, nor can a default that is also a value.
 *
 * <p>Threads: used by one thread.
 */
public final class SubjectTemplate {
    private final String key;
    private final Segment[] segments;
    private final boolean fixedPerPartition;

    /** @param key where it was configured, for messages */
    SubjectTemplate(String key, List<Segment> segments) {
        this.key = key;
        this.segments = segments.toArray(Segment[]::new);
        this.fixedPerPartition = segments.stream().allMatch(Segment::isFixedPerPartition);
    }

    /** Whether two records of one topic and partition always have the same subject. */
    boolean fixedPerPartition() {
        return fixedPerPartition;
    }

    /** A filter, as of subscriptions, that covers what it makes of every record. */
    public String filter() {
        StringBuilder marked = new StringBuilder();
        for (Segment segment : segments) {
            marked.append(segment.filter());
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
    String subject(SubjectBuffer subject, SinkRecord record) {
        subject.begin(key);
        for (Segment segment : segments) {
            segment.appendTo(subject, record);
        }
        return subject.build();
    }
}
