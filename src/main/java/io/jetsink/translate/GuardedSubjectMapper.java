package io.jetsink.translate;

import io.jetsink.publish.RejectedRecordException;
import io.jetsink.spi.SubjectMapper;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** A user's own subject mapper, whose answers are held to what holds for every subject. */
final class GuardedSubjectMapper implements SubjectMapper {
    private final String key;
    private final SubjectMapper own;

    GuardedSubjectMapper(String key, SubjectMapper own) {
        this.key = key;
        this.own = own;
    }

    @Override
    public String subjectFor(SinkRecord record) {
        try {
            String subject = own.subjectFor(record);
            String problem = SubjectRules.problem(subject);
            if (problem != null) {
                throw new RejectedRecordException(key + ": the subject " + problem);
            }
            return subject;
        } catch (RuntimeException e) {
            throw Parts.verdict(key, own, e);
        }
    }

    @Override
    public List<String> subjects() {
        return own.subjects();
    }
}
