package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What a connector of the documentation is fed with, and what has to be stored then. */
final class RecipeCase {
    /** Of all records: {@code 2026-08-01T12:34:56.789Z}. */
    static final long TIME = 1_785_587_696_789L;

    private final String name;
    private final String stream;
    private final List<String> subjects;
    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final List<String> stored = new ArrayList<>();

    private RecipeCase(String name, String stream, List<String> subjects) {
        this.name = name;
        this.stream = stream;
        this.subjects = subjects;
    }

    /**
     * A connector by its name.
     *
     * @param stream where its messages are looked for
     * @param subjects of the stream, which has to be there before; none if the connector creates it
     */
    static RecipeCase of(String name, String stream, String... subjects) {
        return new RecipeCase(name, stream, List.of(subjects));
    }

    /** @param headers names and values by turns */
    RecipeCase record(String topic, @Nullable String key, @Nullable String value, String... headers) {
        return record(
                topic, key == null ? null : key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8), headers);
    }

    RecipeCase record(String topic, byte @Nullable [] key, byte @Nullable [] value, String... headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, TIME, key, value);
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        records.add(record);
        return this;
    }

    /** The next message: {@link #line}. */
    RecipeCase stored(String message) {
        stored.add(message);
        return this;
    }

    /** A message as one line: its subject, its headers in the order of their names if it has any, its payload. */
    static String line(String subject, Map<String, List<String>> headers, byte[] payload) {
        return subject + (headers.isEmpty() ? "" : " " + new TreeMap<>(headers)) + " " + new String(payload, UTF_8);
    }

    String name() {
        return name;
    }

    String stream() {
        return stream;
    }

    List<String> subjects() {
        return subjects;
    }

    List<ProducerRecord<byte[], byte[]>> records() {
        return List.copyOf(records);
    }

    Set<String> topics() {
        Set<String> topics = new LinkedHashSet<>();
        records.forEach(record -> topics.add(record.topic()));
        return topics;
    }

    List<String> stored() {
        return List.copyOf(stored);
    }
}
