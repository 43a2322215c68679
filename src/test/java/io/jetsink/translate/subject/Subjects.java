package io.jetsink.translate.subject;

import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Creates mappers and computes subjects from the texts of templates. */
final class Subjects {
    private Subjects() {}

    static TemplateSubjectMapper mapper(String template) {
        return mapper(template, null, null);
    }

    static TemplateSubjectMapper mapper(String template, @Nullable String routes, @Nullable String bucket) {
        SubjectRules rules = SubjectRules.of(bucket);
        return new TemplateSubjectMapper(SubjectRoutes.parse(template, routes, rules), rules);
    }

    static String subject(String template, SinkRecord record) {
        return mapper(template).subjectFor(record);
    }

    /** Parses a template of a configuration without a bucket. */
    static SubjectTemplate parse(String template) {
        return TemplateParser.parse(template, SubjectRules.of(null));
    }
}
