package io.jetsink.support.nats;

import io.nats.client.Connection;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads key-value buckets with the client's own API for them. */
public final class Buckets {
    /** Keys of one token; the markers of exactly-once have more. */
    public static final String OF_ONE_TOKEN = "*";

    private Buckets() {}

    /** The keys that have a value, with it. */
    public static Map<String, String> read(Connection connection, String bucket) throws Exception {
        KeyValue values = connection.keyValue(bucket);
        Map<String, String> read = new TreeMap<>();
        for (String key : values.keys(OF_ONE_TOKEN)) {
            KeyValueEntry entry = values.get(key);
            // Null: listed and gone since; here nobody takes it away.
            read.put(key, entry == null ? "nothing" : entry.getValueAsString());
        }
        return read;
    }

    /** What is kept of a key, the oldest first: {@code PUT value}, {@code DELETE}, {@code PURGE}. */
    public static List<String> history(Connection connection, String bucket, String key) throws Exception {
        List<String> history = new ArrayList<>();
        for (KeyValueEntry entry : connection.keyValue(bucket).history(key)) {
            byte[] value = entry.getValue();
            history.add(entry.getOperation() + (value == null ? "" : " " + entry.getValueAsString()));
        }
        return history;
    }
}
