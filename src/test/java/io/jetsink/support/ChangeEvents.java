package io.jetsink.support;

import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/** Change events of one table with the columns {@code id} and {@code name}, as Debezium writes them in JSON with schemas. */
public final class ChangeEvents {
    private static final Schema KEY = SchemaBuilder.struct()
            .name("shop.Key")
            .field("id", Schema.INT32_SCHEMA)
            .build();
    private static final Schema ROW = SchemaBuilder.struct()
            .name("shop.Value")
            .optional()
            .field("id", Schema.INT32_SCHEMA)
            .field("name", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .name("io.debezium.connector.postgresql.Source")
            .field("db", Schema.STRING_SCHEMA)
            .build();
    /** The end of its name is what the transform knows it by. */
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .name("shop.Envelope")
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    private ChangeEvents() {}

    public static byte[] key(int id) {
        return json(true, KEY, new Struct(KEY).put("id", id));
    }

    public static byte[] created(int id, String name) {
        return event("c", null, row(id, name));
    }

    public static byte[] updated(int id, String before, String after) {
        return event("u", row(id, before), row(id, after));
    }

    public static byte[] deleted(int id, String before) {
        return event("d", row(id, before), null);
    }

    private static Struct row(int id, String name) {
        return new Struct(ROW).put("id", id).put("name", name);
    }

    private static byte[] event(String operation, @Nullable Struct before, @Nullable Struct after) {
        return json(
                false,
                ENVELOPE,
                new Struct(ENVELOPE)
                        .put("before", before)
                        .put("after", after)
                        .put("source", new Struct(SOURCE).put("db", "shop"))
                        .put("op", operation)
                        .put("ts_ms", 1_785_587_696_789L));
    }

    private static byte[] json(boolean key, Schema schema, Struct value) {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", "true"), key);
            return converter.fromConnectData("shop", schema, value);
        }
    }
}
