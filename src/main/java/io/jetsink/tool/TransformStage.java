package io.jetsink.tool;

import java.util.Map;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A transform with its predicate.
 *
 * @param key prefix of its keys
 * @param predicate null: the transform applies to each record
 * @param negated whether the transform applies to the records that the predicate does not match
 */
record TransformStage(
        String key,
        Transformation<SinkRecord> transform,
        @Nullable Predicate<SinkRecord> predicate,
        boolean negated) implements AutoCloseable {
    private static final String PREDICATE = "predicate";
    private static final String NEGATE = "negate";
    private static final String TYPE = "type";

    /** Creates and configures a transform of the connector. */
    static TransformStage of(String name, ConnectorConfig connector) {
        String key = "transforms." + name;
        Map<String, Object> settings = ConfigTexts.withPrefix(connector.properties(), key + ".");
        Object predicate = settings.remove(PREDICATE);
        boolean negated = Boolean.parseBoolean(String.valueOf(settings.remove(NEGATE)));
        @SuppressWarnings("unchecked")
        Transformation<SinkRecord> transform =
                connector.classes().create(key + "." + TYPE, type(key, settings), Transformation.class);
        transform.configure(settings);
        return new TransformStage(
                key, transform, predicate == null ? null : predicate(predicate.toString(), connector), negated);
    }

    private static Predicate<SinkRecord> predicate(String name, ConnectorConfig connector) {
        String key = "predicates." + name;
        Map<String, Object> settings = ConfigTexts.withPrefix(connector.properties(), key + ".");
        @SuppressWarnings("unchecked")
        Predicate<SinkRecord> predicate =
                connector.classes().create(key + "." + TYPE, type(key, settings), Predicate.class);
        predicate.configure(settings);
        return predicate;
    }

    private static String type(String key, Map<String, Object> settings) {
        Object type = settings.get(TYPE);
        if (type == null) {
            throw new ToolException(key + "." + TYPE, key + "." + TYPE + " is missing: set it to a class", null);
        }
        return type.toString();
    }

    /** Returns the transformed record, the same one if the predicate leaves it out, or null if it is dropped. */
    @Nullable
    SinkRecord apply(SinkRecord record) {
        boolean applies = predicate == null || negated != predicate.test(record);
        return applies ? transform.apply(record) : record;
    }

    @Override
    public void close() {
        Utils.closeQuietly(transform, key);
        Utils.closeQuietly(predicate, key);
    }
}
