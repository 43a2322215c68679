package io.jetsink.translate;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.message.SubjectFilter;
import io.jetsink.spi.SubjectMapper;
import io.jetsink.translate.subject.SubjectRules;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Calls a plug-in for subjects and checks its results with the rules for all subjects. */
record GuardedSubjectMapper(String key, SubjectMapper plugin, SubjectRules rules) implements SubjectMapper {
    @Override
    public String subjectFor(SinkRecord record) {
        try {
            String subject = plugin.subjectFor(record);
            String problem = rules.problem(subject);
            if (problem != null) {
                throw new RejectedRecordException(
                        ErrorCode.INVALID_SUBJECT,
                        key + ": the subject " + problem + ": correct "
                                + plugin.getClass().getName() + ".");
            }
            return rules.prefix().isEmpty() ? subject : rules.prefix() + subject;
        } catch (RuntimeException e) {
            throw PluginGuard.verdict(key, plugin, e);
        }
    }

    /** @throws ConfigException naming the key, if the plug-in returns no valid subject filters */
    @Override
    public List<String> subjects() {
        List<String> filters = plugin.subjects();
        if (filters == null || filters.isEmpty() || !filters.stream().allMatch(SubjectFilter::isValid)) {
            throw new ConfigException(
                    ErrorCode.UNUSABLE_CLASS.text(key + ": " + plugin.getClass().getName()
                            + " returns no subject filters, or an invalid one. A filter consists of tokens separated by dots:"
                            + " printable ASCII, * for any token, or > at the end for all further tokens"));
        }
        return rules.filters(filters);
    }
}
