package io.jetsink.translate.subject;

import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The last header of a name: whoever handed a record on adds to its end. */
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
