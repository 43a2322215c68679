package io.jetsink.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/**
 * Renders the JSON schema of a connector's configuration, {@code config/schema.json}, from the definition of the keys. Connect
 * converts numbers and booleans to texts, so the schema accepts both forms. Every value may be a reference to a config
 * provider, which Connect replaces before the connector reads the value.
 */
final class ConfigSchema {
    static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private static final String DESCRIPTION = """
            The configuration that PUT /connectors/<name>/config expects, and the object "config" of POST /connectors. \
            Keys of Connect itself are allowed and not described. This file is generated: do not edit it.""";
    private static final Pattern RANGE =
            Pattern.compile("(?:(-?\\d+|[a-z]+) or )?a whole number from (-?\\d+) to (\\d+)");
    private static final String ONE_OF = "one of ";
    private static final String REFERENCE = "#/$defs/reference";
    /** Keys of a user's class, under the key that names the class. */
    private static final List<String> OPEN = List.of(
            ConnectionSettings.CUSTOMIZER_CONFIG,
            HeaderSettings.MAPPER.key(),
            MessageSettings.ID.key(),
            PayloadSettings.CONVERTER_PREFIX.replaceFirst("\\.$", ""),
            PayloadSettings.ENCODER.key(),
            SubjectSettings.MAPPER.key());

    private static final JsonMapper JSON = new JsonMapper();

    private ConfigSchema() {}

    static String render(ConfigDef def) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        Separators separators =
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        try {
            return JSON.writer(new DefaultPrettyPrinter(separators)
                                    .withObjectIndenter(indenter)
                                    .withArrayIndenter(indenter))
                            .writeValueAsString(schema(def))
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes can always be written", e);
        }
    }

    private static ObjectNode schema(ConfigDef def) {
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$schema", DIALECT);
        schema.put("title", "NATS JetStream sink for Kafka Connect");
        schema.put("description", DESCRIPTION);
        schema.put("type", "object");
        Collection<ConfigKey> keys = def.configKeys().values();
        schema.set(
                "required",
                texts(keys.stream()
                        .filter(key -> !key.hasDefault())
                        .map(key -> key.name)
                        .toList()));
        ObjectNode properties = schema.putObject("properties");
        keys.forEach(key -> properties.set(key.name, property(key)));
        schema.putObject("additionalProperties").set("type", texts(List.of("string", "number", "boolean")));
        schema.set("propertyNames", names(def));
        schema.putObject("$defs")
                .putObject("reference")
                .put(
                        "description",
                        "A reference to a config provider, such as ${file:/etc/secrets/nats.properties:token}.")
                .put("type", "string")
                .put("pattern", "\\$\\{[^}]+\\}");
        return schema;
    }

    /** Returns the allowed names: the keys, the keys of a user's class, and names that the connector does not reserve. */
    private static ObjectNode names(ConfigDef def) {
        ObjectNode names = JSON.createObjectNode();
        ArrayNode anyOf = names.putArray("anyOf");
        anyOf.addObject().set("enum", texts(new TreeSet<>(def.names())));
        anyOf.addObject().put("pattern", "^(?:" + alternatives(OPEN) + ")\\.");
        anyOf.addObject().putObject("not").put("pattern", "^(?:" + alternatives(UnknownKeys.ROOTS) + ")(?:\\.|$)");
        return names;
    }

    private static String alternatives(List<String> prefixes) {
        return prefixes.stream().map(prefix -> prefix.replace(".", "\\.")).collect(Collectors.joining("|"));
    }

    private static ObjectNode property(ConfigKey key) {
        String expectation = String.valueOf(key.validator);
        boolean closed = expectation.startsWith(ONE_OF);
        ObjectNode property = JSON.createObjectNode();
        property.put("title", key.displayName);
        property.put(
                "description",
                closed || key.type == Type.BOOLEAN
                        ? key.documentation
                        : key.documentation + " Valid: " + expectation + ".");
        switch (key.type) {
            case BOOLEAN ->
                orReference(property)
                        .insertObject(0)
                        .putArray("enum")
                        .add(true)
                        .add(false)
                        .add("true")
                        .add("false");
            case INT, LONG -> number(property, expectation);
            case PASSWORD -> property.put("type", "string").put("writeOnly", true);
            default -> {
                if (closed) {
                    orReference(property)
                            .insertObject(0)
                            .set(
                                    "enum",
                                    texts(List.of(expectation
                                            .substring(ONE_OF.length())
                                            .split(", "))));
                } else if (RANGE.matcher(expectation).matches()) {
                    number(property, expectation);
                } else {
                    property.put("type", "string");
                }
            }
        }
        if (!closed && key.recommender != null) {
            List<Object> builtIns = key.recommender.validValues(key.name, Map.of());
            if (!builtIns.isEmpty()) {
                property.set(
                        "examples", texts(builtIns.stream().map(String::valueOf).toList()));
            }
        }
        JsonNode preset = preset(key);
        if (preset != null) {
            property.set("default", preset);
        }
        return property;
    }

    /** A number is checked against its range. A text is checked for digits only. */
    private static void number(ObjectNode property, String expectation) {
        Matcher range = RANGE.matcher(expectation);
        if (!range.matches()) {
            throw new IllegalStateException("no range: " + expectation);
        }
        ArrayNode forms = orReference(property);
        forms.insertObject(0).put("type", "string").put("pattern", "^\\s*[+-]?\\d+\\s*$");
        if (range.group(1) != null) {
            forms.insertObject(0).set("const", special(range.group(1)));
        }
        forms.insertObject(0)
                .put("type", "integer")
                .put("minimum", Long.parseLong(range.group(2)))
                .put("maximum", Long.parseLong(range.group(3)));
    }

    private static JsonNode special(String value) {
        return Character.isLetter(value.charAt(0))
                ? JSON.getNodeFactory().textNode(value)
                : JSON.getNodeFactory().numberNode(Long.parseLong(value));
    }

    /** Returns the forms of a value, of which a reference is the last. */
    private static ArrayNode orReference(ObjectNode property) {
        ArrayNode forms = property.putArray("anyOf");
        forms.addObject().put("$ref", REFERENCE);
        return forms;
    }

    /** Returns the default value, null if there is none or if it depends on the JVM. */
    private static @Nullable JsonNode preset(ConfigKey key) {
        if (!key.hasDefault() || key.defaultValue == null || ConfigReference.FROM_JVM.contains(key.name)) {
            return null;
        }
        if (key.type == Type.LIST) {
            String text = ConfigDef.convertToString(key.defaultValue, key.type);
            return text.isEmpty() ? null : JSON.getNodeFactory().textNode(text);
        }
        return JSON.valueToTree(key.defaultValue);
    }

    private static ArrayNode texts(Collection<String> texts) {
        ArrayNode array = JSON.createArrayNode();
        texts.forEach(array::add);
        return array;
    }
}
