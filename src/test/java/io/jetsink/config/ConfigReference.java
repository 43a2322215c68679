package io.jetsink.config;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** Renders the reference of all keys, {@code config/REFERENCE.md}, from their definition. */
final class ConfigReference {
    private static final String HEAD = """
            # Configuration reference

            All keys of the connector, without those of Connect itself (`name`, `topics`, `errors.*` and others). This \
            file is generated: do not edit it. After a change of the keys, generate it again:

            ```
            mvn -q test -Dtest=ConfigReferenceTest -Dreference.write
            ```
            """;

    /** Keys whose default depends on the JVM. */
    static final Set<String> FROM_JVM = Set.of("nats.ssl.keymanager.algorithm", "nats.ssl.trustmanager.algorithm");

    private ConfigReference() {}

    static String render(ConfigDef def) {
        return HEAD + def.groups().stream().map(group -> section(def, group)).collect(Collectors.joining());
    }

    private static String section(ConfigDef def, String group) {
        String keys = def.configKeys().values().stream()
                .filter(key -> key.group.equals(group))
                .sorted((a, b) -> Integer.compare(a.orderInGroup, b.orderInGroup))
                .map(ConfigReference::entry)
                .collect(Collectors.joining());
        return "\n## " + group + "\n" + keys;
    }

    private static String entry(ConfigKey key) {
        return """

                ### `%s`

                %s

                - Type: %s
                - Default: %s
                - Valid: %s
                - Importance: %s
                """.formatted(
                        key.name,
                        escaped(key.documentation),
                        text(key.type),
                        defaultOf(key),
                        escaped(String.valueOf(key.validator)),
                        text(key.importance));
    }

    private static String defaultOf(ConfigKey key) {
        if (!key.hasDefault()) {
            return "none, required";
        }
        if (FROM_JVM.contains(key.name)) {
            return "the JVM's";
        }
        String text = key.defaultValue == null ? "" : ConfigDef.convertToString(key.defaultValue, key.type);
        return text.isEmpty() ? "none" : "`" + text + "`";
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Escapes the characters of Markdown. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("*", "\\*")
                .replace("<", "&lt;")
                .replace("_", "\\_");
    }
}
