package io.jetsink.publish.once;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.PercentEncoding;
import io.jetsink.nats.stream.KvBucket;
import io.jetsink.nats.stream.StreamRequirements;
import org.apache.kafka.common.TopicPartition;

/**
 * Subjects of offset markers: {@code <prefix>.<connector>.<topic>.<partition>}, where connector, topic and partition are one
 * token each. In a key-value bucket the subjects are keys, which must not contain {@code %}.
 */
public final class MarkerSubjects {
    private static final char IN_SUBJECTS = '%';
    private static final char IN_KEYS = '=';

    private final char escape;
    private final String stem;

    private MarkerSubjects(String prefix, String connector, char escape) {
        this.escape = escape;
        this.stem = prefix + "." + PercentEncoding.of(connector, escape) + ".";
    }

    public static MarkerSubjects of(SinkConfig config) {
        String prefix = config.exactlyOnce().markerPrefix();
        BucketSettings bucket = config.bucket();
        return bucket == null
                ? inStream(prefix, config.connectorName())
                : inBucket(bucket.name(), prefix, config.connectorName());
    }

    /** @param prefix {@code exactly.once.marker.prefix} */
    public static MarkerSubjects inStream(String prefix, String connector) {
        return new MarkerSubjects(prefix, connector, IN_SUBJECTS);
    }

    /** @param prefix {@code exactly.once.marker.prefix}, the first tokens of the markers' keys */
    static MarkerSubjects inBucket(String bucket, String prefix, String connector) {
        return new MarkerSubjects(KvBucket.prefix(bucket) + prefix, connector, IN_KEYS);
    }

    public String of(TopicPartition partition) {
        return stem + PercentEncoding.of(partition.topic(), escape) + "." + partition.partition();
    }

    /** Returns a subject of the connector that no partition has, for requests that are refused in any case. */
    String probeSubject() {
        return stem + "0.none";
    }

    /** Returns a subject filter for all markers of the connector. */
    public String filter() {
        return stem + ">";
    }

    /** Returns what a stream must be like to hold the markers. */
    public StreamRequirements requirements() {
        return StreamRequirements.ofMarkers(filter(), OffsetMarker.MAX_BYTES);
    }
}
