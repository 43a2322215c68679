package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.SubjectMapper;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Computes the subject of a record with the template of its topic. If topic and partition determine the subject, the last
 * one is remembered, because consecutive records usually belong to one partition.
 *
 * <p>Used by one thread.
 */
final class TemplateSubjectMapper implements SubjectMapper {
    private final SubjectRoutes routes;
    private final SubjectRules rules;
    private final SubjectBuffer buffer;

    private @Nullable SubjectTemplate lastTemplate;
    private String lastTopic = "";
    /** The last subject; null unless topic and partition determine it. */
    private @Nullable String lastSubject;

    private int lastPartition;

    TemplateSubjectMapper(SubjectRoutes routes, SubjectRules rules) {
        this.routes = routes;
        this.rules = rules;
        this.buffer = new SubjectBuffer(rules);
    }

    /** @throws RejectedRecordException if the record has no valid subject */
    @Override
    public String subjectFor(SinkRecord record) {
        SubjectTemplate template = template(record.topic());
        if (!template.fixedPerPartition()) {
            return template.subject(buffer, record);
        }
        int partition = record.kafkaPartition();
        String subject = lastSubject;
        if (subject == null || partition != lastPartition) {
            subject = template.subject(buffer, record);
            lastSubject = subject;
            lastPartition = partition;
        }
        return subject;
    }

    @Override
    public List<String> subjects() {
        return rules.filters(routes.filters());
    }

    private SubjectTemplate template(@Nullable String topic) {
        SubjectTemplate template = lastTemplate;
        if (template == null || !lastTopic.equals(topic)) {
            lastTemplate = null;
            lastSubject = null;
            template = routes.templateFor(topic);
            if (topic != null) {
                lastTemplate = template;
                lastTopic = topic;
            }
        }
        return template;
    }
}
