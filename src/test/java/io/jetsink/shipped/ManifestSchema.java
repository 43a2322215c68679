package io.jetsink.shipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;

/**
 * The schemas of Kubernetes resources, {@code src/test/resources/io/jetsink/kubernetes}. A Kubernetes API drops or refuses
 * fields that its schema does not know, so unknown fields are problems here.
 */
final class ManifestSchema {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private ManifestSchema() {}

    /** Returns the violations of the schema of the resource's kind. */
    static List<String> problems(JsonNode manifest) throws IOException {
        return violations(manifest).stream().map(ValidationMessage::getMessage).toList();
    }

    /** Returns the violations by a part of a resource: fields may be missing. */
    static List<String> problemsOfPart(JsonNode manifest) throws IOException {
        return violations(manifest).stream()
                .filter(violation -> !violation.getType().equals("required"))
                .map(ValidationMessage::getMessage)
                .toList();
    }

    private static Set<ValidationMessage> violations(JsonNode manifest) throws IOException {
        ObjectNode schema = read(manifest.path("kind").asText());
        schema.withObject("/properties").set("metadata", read("ObjectMeta"));
        close(schema);
        return FACTORY.getSchema(schema).validate(manifest);
    }

    private static ObjectNode read(String name) throws IOException {
        try (InputStream file = ManifestSchema.class.getResourceAsStream("/io/jetsink/kubernetes/" + name + ".yaml")) {
            if (file == null) {
                throw new IOException("no schema of the kind " + name);
            }
            return (ObjectNode) new YAMLMapper().readTree(file);
        }
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("type").asText().equals("object")
                && object.has("properties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(ManifestSchema::close);
    }
}
