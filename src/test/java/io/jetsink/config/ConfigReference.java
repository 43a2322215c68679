package io.jetsink.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Importance;

/** Renders the reference of all keys, {@code config/REFERENCE.md}, from their definition. */
final class ConfigReference {
    private static final String HEAD = """
            # Configuration reference

            All keys of the connector, without those of Connect itself (`name`, `topics`, `errors.*` and others). This \
            file is generated: do not edit it. After a change of the keys, generate it again:

            ```sh
            mvn -q test -Dtest='ConfigReferenceTest,ConfigSchemaTest' -Dreference.write
            ```

            [schema.json](schema.json) describes the same keys as a JSON schema, for editors and deployment checks.

            - [Common keys](#common-keys) select servers, credentials, stream, subjects and guarantee. Most connectors set \
            some of these keys.
            - [Advanced keys](#advanced-keys) have defaults that suit most connectors.
            """;

    /** The common keys of medium and low importance. All keys of high importance are common. */
    static final Set<String> COMMON = Set.of(
            "nats.ssl.truststore.type",
            "nats.ssl.keystore.type",
            "jetstream.stream.create",
            "jetstream.stream.subjects",
            "jetstream.stream.replicas",
            "publish.mode",
            "subject.routes",
            "headers.include",
            "headers.key",
            "headers.trace",
            "payload.encoder",
            "message.id",
            "tombstones",
            "kv.bucket.create",
            "kv.bucket.replicas",
            "oversize",
            "oversize.bucket");

    /** Keys whose default depends on the JVM. */
    static final Set<String> FROM_JVM = Set.of("nats.ssl.keymanager.algorithm", "nats.ssl.trustmanager.algorithm");

    private ConfigReference() {}

    static String render(ConfigDef def) {
        return HEAD + contents(def) + "\n## Common keys\n" + part(def, true) + "\n## Advanced keys\n"
                + part(def, false);
    }

    /** Returns whether most users have to know a key. */
    static boolean isCommon(ConfigKey key) {
        return key.importance == Importance.HIGH || COMMON.contains(key.name);
    }

    private static String contents(ConfigDef def) {
        return "\n| group | common keys |\n|---|---|\n"
                + def.groups().stream()
                        .filter(group -> !keys(def, group, true).isEmpty())
                        .map(group -> "| [%s](#%s) | %s |\n"
                                .formatted(
                                        group,
                                        anchor(group),
                                        keys(def, group, true).stream()
                                                .map(key -> "[`" + key.name + "`](#" + anchor(key.name) + ")")
                                                .collect(Collectors.joining(", "))))
                        .collect(Collectors.joining());
    }

    /** Returns the anchor of a heading, as GitHub makes it. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
    }

    private static String part(ConfigDef def, boolean common) {
        return def.groups().stream().map(group -> section(def, group, common)).collect(Collectors.joining());
    }

    /** Returns the keys of a group that are in this part. The name of a group is the heading of its first section only. */
    private static String section(ConfigDef def, String group, boolean common) {
        List<ConfigKey> keys = keys(def, group, common);
        if (keys.isEmpty()) {
            return "";
        }
        boolean first = common || keys(def, group, true).isEmpty();
        return "\n### " + group + (first ? "" : ", advanced") + "\n"
                + keys.stream().map(ConfigReference::entry).collect(Collectors.joining());
    }

    private static List<ConfigKey> keys(ConfigDef def, String group, boolean common) {
        return def.configKeys().values().stream()
                .filter(key -> key.group.equals(group) && isCommon(key) == common)
                .sorted((a, b) -> Integer.compare(a.orderInGroup, b.orderInGroup))
                .toList();
    }

    private static String entry(ConfigKey key) {
        return """

                #### `%s`

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
