package io.jetsink.translate;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.message.SubjectFilter;
import io.jetsink.spi.SubjectMapper;
import io.jetsink.translate.subject.SubjectRules;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;

/** A user's own subject mapper, whose answers are held to what holds for every subject. */
final class GuardedSubjectMapper implements SubjectMapper {
    private final String key;
    private final SubjectMapper own;
    private final SubjectRules rules;

    GuardedSubjectMapper(String key, SubjectMapper own, SubjectRules rules) {
        this.key = key;
        this.own = own;
        this.rules = rules;
    }

    @Override
    public String subjectFor(SinkRecord record) {
        try {
            String subject = own.subjectFor(record);
            String problem = rules.problem(subject);
            if (problem != null) {
                throw new RejectedRecordException(key + ": the subject " + problem);
            }
            return rules.prefix().isEmpty() ? subject : rules.prefix() + subject;
        } catch (RuntimeException e) {
            throw PluginGuard.verdict(key, own, e);
        }
    }

    /** @throws ConfigException at the key, if the class gives none that NATS takes */
    @Override
    public List<String> subjects() {
        List<String> filters = own.subjects();
        if (filters == null || filters.isEmpty() || !filters.stream().allMatch(SubjectFilter::isValid)) {
            throw new ConfigException(key + ": " + own.getClass().getName()
                    + " gives no filters of subjects, or some that are none: tokens parted by dots, of printable ASCII,"
                    + " * alone for any token, > alone for the rest");
        }
        return rules.filters(filters);
    }
}
