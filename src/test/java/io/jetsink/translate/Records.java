package io.jetsink.translate;

import io.jetsink.config.TranslationSettings;
import io.jetsink.support.Translations;
import io.jetsink.translate.subject.SubjectRoutes;
import io.jetsink.translate.subject.SubjectRules;
import io.jetsink.translate.subject.SubjectTemplate;
import io.jetsink.translate.subject.TemplateParser;
import io.jetsink.translate.subject.TemplateSubjectMapper;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Records and settings of which only what a test is about is said. */
public final class Records {
    private Records() {}

    public static SinkRecord withKey(@Nullable Object key) {
        return at("orders", 3, key);
    }

    public static SinkRecord at(@Nullable String topic, int partition, @Nullable Object key) {
        return new SinkRecord(topic, partition, null, key, null, new byte[0], 7);
    }

    public static SinkRecord withValue(@Nullable Schema schema, @Nullable Object value) {
        return new SinkRecord("orders", 3, null, "k", schema, value, 7);
    }

    static TranslationSettings settings(String payload, String tombstones) {
        return Translations.of("subject", "${topic}.${key}", "payload.encoder", payload, "tombstones", tombstones);
    }

    public static TemplateSubjectMapper mapper(String template) {
        return mapper(template, null, null);
    }

    public static TemplateSubjectMapper mapper(String template, @Nullable String routes, @Nullable String bucket) {
        SubjectRules rules = SubjectRules.of(bucket);
        return new TemplateSubjectMapper(SubjectRoutes.parse(template, routes, rules), rules);
    }

    public static String subject(String template, SinkRecord record) {
        return mapper(template).subjectFor(record);
    }

    /** What a configuration without a bucket makes of the text. */
    public static SubjectTemplate parse(String template) {
        return TemplateParser.parse(template, SubjectRules.of(null));
    }
}
