package io.jetsink.config;

import io.jetsink.spi.SubjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The subjects of messages.
 *
 * @param template text of the template
 * @param routes text of the routes, null: none
 * @param bucket the key-value bucket to whose keys the template applies, null: it applies to subjects
 */
public record SubjectSettings(
        String template,
        @Nullable String routes,
        PluginSettings mapper,
        @Nullable String bucket) {

    public static final String TEMPLATE_CONFIG = "subject";
    public static final String ROUTES_CONFIG = "subject.routes";
    public static final String MAPPER_CONFIG = "subject.mapper";

    /** The built-in mapper. */
    public static final String TEMPLATE = "template";

    static final PluginKey MAPPER = new PluginKey(MAPPER_CONFIG, SubjectMapper.class, TEMPLATE);

    static void define(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Subjects")
                .text(TEMPLATE_CONFIG, "${topic}", ValueRule.text(), Importance.HIGH, "Subject")
                .doc("Template of the subject: text with ${topic}, ${partition}, ${key}, ${key.field.path}, "
                        + "${value.field.path}, ${header.name} and ${timestamp:yyyy.MM.dd}. Each variable may have a "
                        + "default, as in ${key:-none}. Each value becomes one token: bytes other than A-Z a-z 0-9 _ - "
                        + "are percent-encoded. A topic keeps its dots, except in ${topic:token}. With target=kv it is "
                        + "the template of the key, with the default ${key} and the encoding =XX.")
                .text(ROUTES_CONFIG, null, ValueRule.lines(), Importance.MEDIUM, "Routes")
                .doc("Templates for some topics: 'pattern -> template' entries, separated by semicolons or line "
                        + "breaks. A pattern is a regular expression that matches the whole topic name, as transforms "
                        + "leave it. The first entry that matches applies, or " + TEMPLATE_CONFIG
                        + " if none matches.");
        MAPPER.define(group, TEMPLATE, Importance.LOW, "Subject mapper")
                .doc("Subject mapper: template, or the name of a class that implements io.jetsink.spi.SubjectMapper.");
    }

    static void check(ValidationContext context) {
        context.refuseUnless(MAPPER_CONFIG, TEMPLATE, List.of(TEMPLATE_CONFIG, ROUTES_CONFIG));
    }

    static SubjectSettings from(AbstractConfig config, Map<String, String> props) {
        String bucket = BucketSettings.bucket(config);
        boolean given = props.containsKey(TEMPLATE_CONFIG);
        return new SubjectSettings(
                given || bucket == null ? config.getString(TEMPLATE_CONFIG) : "${key}",
                config.getString(ROUTES_CONFIG),
                Objects.requireNonNull(MAPPER.from(config, props)),
                bucket);
    }
}
