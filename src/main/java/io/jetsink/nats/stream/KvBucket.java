package io.jetsink.nats.stream;

import io.jetsink.config.BucketSettings;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.support.NatsKeyValueUtil;

/** A key-value bucket: a stream with a particular configuration, and a subject for each key (ADR-8 of NATS). */
public final class KvBucket {
    private KvBucket() {}

    /** Returns the beginning of the subject of each key. */
    public static String prefix(String bucket) {
        return NatsKeyValueUtil.toKeyPrefix(bucket);
    }

    /** Returns the stream of a bucket as NATS' clients create it. Their bucket API has no option for batches. */
    static StreamConfiguration configuration(BucketSettings settings) {
        return KeyValueConfiguration.builder()
                .name(settings.name())
                .maxHistoryPerKey(settings.history())
                .storageType(settings.storage())
                .replicas(settings.replicas())
                .ttl(settings.ttl())
                .maxBucketSize(settings.maxBytes())
                .build()
                .getBackingConfig();
    }
}
