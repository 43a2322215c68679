package io.jetsink.translate.subject;

import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The last header of a name, which is the one that was added last. */
record HeaderSegment(Variable variable, String header) implements Segment.OfVariable {
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
