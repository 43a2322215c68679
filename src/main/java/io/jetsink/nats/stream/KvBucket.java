package io.jetsink.nats.stream;

import io.jetsink.config.BucketSettings;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import org.jspecify.annotations.Nullable;

/** A key-value bucket as what it is: a stream of a certain make, with a subject for each key (ADR-8 of NATS). */
public final class KvBucket {
    private KvBucket() {}

    /** What the subject of each key begins with. */
    public static String prefix(String bucket) {
        return "$KV." + bucket + ".";
    }

    /** A bucket as NATS' own clients make it. They cannot make one that takes batches, so this is its stream. */
    static StreamConfiguration configuration(BucketSettings settings) {
        KeyValueConfiguration.Builder bucket = KeyValueConfiguration.builder()
                .name(settings.name())
                .maxHistoryPerKey(settings.history())
                .storageType(settings.storage())
                .replicas(settings.replicas());
        if (settings.ttl() != null) {
            bucket.ttl(settings.ttl());
        }
        if (settings.maxBytes() != null) {
            bucket.maxBucketSize(settings.maxBytes());
        }
        return bucket.build().getBackingConfig();
    }

    /**
     * Completes "the bucket …" with why it cannot be written to, and what mends that; null: nothing is wrong.
     *
     * @param purges whether keys are to be purged
     */
    public static @Nullable String problem(TargetStream stream, String bucket, boolean purges) {
        StreamConfiguration configuration = stream.configuration();
        String edit = "nats stream edit " + stream.name() + " ";
        if (configuration.getMirror() != null) {
            return "is a mirror of " + configuration.getMirror().getName()
                    + ", which nobody can write to: name the bucket that it mirrors with "
                    + BucketSettings.BUCKET_CONFIG;
        }
        String keys = prefix(bucket) + ">";
        if (!stream.takes(keys)) {
            return "does not take the subjects of its keys: " + edit + "--subjects='" + keys + "'";
        }
        if (purges && !stream.allowsRollup()) {
            String why = "does not allow rollups, which tombstones=purge needs: ";
            return configuration.getDenyPurge()
                    ? why + "it has deny_purge, which cannot be changed, so set tombstones=delete"
                    : why + edit + "--allow-rollup";
        }
        return null;
    }
}
