package io.jetsink.translate;

import io.jetsink.publish.RejectedRecordException;
import io.jetsink.spi.SubjectMapper;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds a record's subject by a template. Remembers the last one if topic and partition determine it: records come in
 * runs of one partition.
 *
 * <p>Threads: used by one thread.
 */
final class TemplateSubjectMapper implements SubjectMapper {
    private final SubjectTemplate template;
    private final SubjectBuffer buffer = new SubjectBuffer();

    private @Nullable String lastSubject;
    private String lastTopic = "";
    private int lastPartition;

    TemplateSubjectMapper(SubjectTemplate template) {
        this.template = template;
    }

    /** @throws RejectedRecordException if the record yields no valid subject */
    @Override
    public String subjectFor(SinkRecord record) {
        if (!template.fixedPerPartition()) {
            return build(record);
        }
        String topic = record.topic();
        int partition = record.kafkaPartition();
        String subject = lastSubject;
        if (subject == null || partition != lastPartition || !lastTopic.equals(topic)) {
            subject = build(record);
            lastSubject = subject;
            lastTopic = topic;
            lastPartition = partition;
        }
        return subject;
    }

    @Override
    public List<String> subjects() {
        return List.of(template.filter());
    }

    private String build(SinkRecord record) {
        buffer.clear();
        template.appendTo(buffer, record);
        return buffer.build();
    }
}
