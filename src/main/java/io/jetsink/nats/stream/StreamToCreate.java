package io.jetsink.nats.stream;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.StreamCreationSettings;
import io.nats.client.api.StreamConfiguration;
import java.util.List;
import java.util.Set;

/**
 * A stream that is created if it is missing. Immutable.
 *
 * @param configuration without the options of features
 * @param features that the stream has to allow if the server supports them
 * @param keys of the configuration that describe the stream
 */
public record StreamToCreate(StreamConfiguration configuration, Set<StreamFeature> features, Keys keys) {
    private static final Keys OF_STREAMS = new Keys(
            StreamCreationSettings.CREATE_CONFIG,
            "jetstream.stream.*",
            StreamCreationSettings.SUBJECTS_CONFIG,
            StreamCreationSettings.REPLICAS_CONFIG,
            StreamCreationSettings.MAX_BYTES_CONFIG,
            StreamCreationSettings.STORAGE_CONFIG,
            JetStreamSettings.STREAM_CONFIG);

    private static final Keys OF_BUCKETS = new Keys(
            BucketSettings.CREATE_CONFIG,
            "kv.bucket.*",
            BucketSettings.BUCKET_CONFIG,
            BucketSettings.REPLICAS_CONFIG,
            BucketSettings.MAX_BYTES_CONFIG,
            BucketSettings.STORAGE_CONFIG,
            BucketSettings.BUCKET_CONFIG);

    /**
     * The keys to check if the server refuses the stream.
     *
     * @param creation turns creation on
     * @param all all keys of the stream
     */
    record Keys(
            String creation, String all, String subjects, String replicas, String bytes, String storage, String name) {}

    /** @param subjects that the stream captures */
    public static StreamToCreate stream(
            String name, StreamCreationSettings settings, List<String> subjects, Set<StreamFeature> features) {
        StreamConfiguration stream = StreamConfiguration.builder()
                .name(name)
                .subjects(subjects)
                .storageType(settings.storage())
                .replicas(settings.replicas())
                .retentionPolicy(settings.retention())
                .discardPolicy(settings.discard())
                .maxAge(settings.maxAge())
                .maxBytes(settings.maxBytes())
                .duplicateWindow(settings.duplicateWindow())
                .build();
        return new StreamToCreate(stream, features, OF_STREAMS);
    }

    /** Returns the stream of a key-value bucket. */
    public static StreamToCreate bucket(BucketSettings settings, Set<StreamFeature> features) {
        return new StreamToCreate(KvBucket.configuration(settings), features, OF_BUCKETS);
    }
}
