package io.jetsink.translate.subject;

import io.jetsink.config.SubjectSettings;
import io.jetsink.spi.SubjectMapper;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The templates of {@code subject} and {@code subject.routes}. A {@link ConfigException} names the key of an invalid one. The
 * name of the key-value bucket is null if the target is a stream.
 */
public final class SubjectTemplates {
    private SubjectTemplates() {}

    /** Creates the built-in subject mapper. */
    public static SubjectMapper mapper(SubjectSettings settings) {
        SubjectRules rules = SubjectRules.of(settings.bucket());
        return new TemplateSubjectMapper(SubjectRoutes.parse(settings.template(), settings.routes(), rules), rules);
    }

    /** Returns the subject filters of a template. */
    public static List<String> filters(String template, @Nullable String bucket) {
        SubjectRules rules = SubjectRules.of(bucket);
        return rules.filters(List.of(TemplateParser.parse(template, rules).filter()));
    }

    /** Returns the subject filters of routes. */
    public static List<String> routeFilters(String routes, @Nullable String bucket) {
        SubjectRules rules = SubjectRules.of(bucket);
        return rules.filters(SubjectRoutes.filters(routes, rules));
    }
}
