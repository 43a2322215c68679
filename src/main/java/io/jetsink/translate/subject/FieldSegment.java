package io.jetsink.translate.subject;

import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * A field of the key or of the value. The path leads through structs and through maps with string keys. The value is absent
 * if the field does not exist or if an object on the path is null.
 */
record FieldSegment(Variable variable, boolean ofKey, List<String> path) implements Segment.OfVariable {
    @Override
    public void appendTo(SubjectBuffer subject, SinkRecord record) {
        @Nullable Object value = ofKey ? record.key() : record.value();
        @Nullable Schema schema = ofKey ? record.keySchema() : record.valueSchema();
        for (int step = 0; step < path.size() && value != null; step++) {
            if (value instanceof Struct struct) {
                Field field = struct.schema().field(path.get(step));
                schema = field == null ? null : field.schema();
                value = field == null ? null : valueOf(struct, field);
            } else if (value instanceof Map<?, ?> map) {
                schema = schema != null && schema.type() == Schema.Type.MAP ? schema.valueSchema() : null;
                value = valueOf(map, path.get(step));
            } else {
                throw variable.withoutFields(subject, where(step), value);
            }
        }
        TokenWriter.append(subject, variable, schema, value);
    }

    /** An optional field that is null stays null, even if its schema has a default. */
    private static @Nullable Object valueOf(Struct struct, Field field) {
        Schema schema = field.schema();
        return schema.isOptional() && schema.defaultValue() != null
                ? struct.getWithoutDefault(field.name())
                : struct.get(field);
    }

    private static @Nullable Object valueOf(Map<?, ?> map, String name) {
        try {
            return map.get(name);
        } catch (ClassCastException e) {
            // A sorted map with keys of another class has no such entry.
            return null;
        }
    }

    private String where(int step) {
        String root = ofKey ? "key" : "value";
        return step == 0 ? root : root + " at " + String.join(".", path.subList(0, step));
    }
}
