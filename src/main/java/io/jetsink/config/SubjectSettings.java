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
 * Where a record's message goes.
 *
 * @param template {@code subject}: the template's text
 * @param routes {@code subject.routes}: their text, null: none
 * @param mapper {@code subject.mapper}
 * @param bucket the key-value bucket within which the template makes keys, null: it makes subjects
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

    private static final String BY_TOPIC = "${topic}";
    /** A bucket holds the last value of each key. */
    private static final String BY_KEY = "${key}";

    static void define(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Subjects")
                .text(
                        TEMPLATE_CONFIG,
                        BY_TOPIC,
                        ValueRule.text(),
                        Importance.HIGH,
                        "Subject",
                        "Template of the subject: text with ${topic}, ${partition}, ${key}, ${key.field.path}, "
                                + "${value.field.path}, ${header.name} and ${timestamp:yyyy.MM.dd}, each with an "
                                + "optional default as in ${key:-none}. What a record puts in becomes one token, "
                                + "percent-encoded byte by byte outside of A-Z a-z 0-9 _ -; a topic keeps its dots, but "
                                + "in ${topic:token}. With " + BucketSettings.TARGET_CONFIG
                                + "=kv it is the template of the key, ${key} if not set, encoded as =XX.")
                .text(
                        ROUTES_CONFIG,
                        null,
                        ValueRule.lines(),
                        Importance.MEDIUM,
                        "Routes",
                        "Other templates for some topics: 'pattern -> template' entries, separated by semicolons or "
                                + "line breaks. A pattern is a regular expression for the whole name of a topic, as "
                                + "transforms leave it; the first that matches counts, and " + TEMPLATE_CONFIG
                                + " where none does.");
        MAPPER.define(
                group,
                TEMPLATE,
                Importance.LOW,
                "Subject mapper",
                "What finds the subject: template, or the name of a class of your own.");
    }

    static void check(ValidationContext findings) {
        if (findings.value(MAPPER_CONFIG) instanceof String mapper && !mapper.equalsIgnoreCase(TEMPLATE)) {
            for (String key : List.of(TEMPLATE_CONFIG, ROUTES_CONFIG)) {
                if (findings.isGiven(key)) {
                    findings.refuse(key, key + " has no effect unless " + MAPPER_CONFIG + " is " + TEMPLATE);
                }
            }
        }
    }

    static SubjectSettings from(AbstractConfig config, Map<String, String> props) {
        String bucket = BucketSettings.bucket(config);
        boolean given = props.containsKey(TEMPLATE_CONFIG);
        return new SubjectSettings(
                given || bucket == null ? config.getString(TEMPLATE_CONFIG) : BY_KEY,
                config.getString(ROUTES_CONFIG),
                Objects.requireNonNull(MAPPER.from(config, props)),
                bucket);
    }
}
