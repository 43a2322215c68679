package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A parsed template, such as {@code orders.${topic}.${key}}.
 *
 * <p>{@link TokenWriter} and {@link SubjectBuffer} define the text of a value. If dots separate the variables, records with
 * different values have different subjects. This does not apply to {@code ${topic}-${key}}, nor to a default that is also
 * a value.
 *
 * <p>Used by one thread.
 */
final class SubjectTemplate {
    private final String key;
    private final Segment[] segments;
    private final boolean fixedPerPartition;

    /** @param key the configuration key of the template, for rejections */
    SubjectTemplate(String key, List<Segment> segments) {
        this.key = key;
        this.segments = segments.toArray(Segment[]::new);
        this.fixedPerPartition = segments.stream().allMatch(Segment::isFixedPerPartition);
    }

    /** Returns whether all records of one topic and partition have the same subject. */
    boolean fixedPerPartition() {
        return fixedPerPartition;
    }

    /** Returns the subject filter, which covers the subject of each record. */
    String filter() {
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

    /** @throws RejectedRecordException if the record has no value for a variable, or a value that is not valid in a subject */
    String subject(SubjectBuffer subject, SinkRecord record) {
        subject.begin(key);
        for (Segment segment : segments) {
            segment.appendTo(subject, record);
        }
        return subject.build();
    }
}
