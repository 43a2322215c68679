package io.jetsink.nats.stream;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.StreamCreationSettings;
import io.nats.client.api.StreamConfiguration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A stream that is created where it is missing. Immutable.
 *
 * @param configuration what it is like
 * @param keys where that comes from
 */
public record StreamToCreate(StreamConfiguration configuration, Keys keys) {
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
     * What to look at when the server refuses it.
     *
     * @param creation the key that asks for it
     * @param all all its keys
     * @param subjects what decides on its subjects
     * @param replicas on how many servers
     * @param bytes how large it may become
     * @param storage where it is kept
     * @param name its name
     */
    record Keys(
            String creation, String all, String subjects, String replicas, String bytes, String storage, String name) {}

    /** @param subjects what it takes */
    public static StreamToCreate stream(String name, StreamCreationSettings settings, List<String> subjects) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(name)
                .subjects(subjects)
                .storageType(settings.storage())
                .replicas(settings.replicas())
                .retentionPolicy(settings.retention())
                .discardPolicy(settings.discard());
        if (settings.maxAge() != null) {
            stream.maxAge(settings.maxAge());
        }
        if (settings.maxBytes() != null) {
            stream.maxBytes(settings.maxBytes());
        }
        if (settings.duplicateWindow() != null) {
            stream.duplicateWindow(settings.duplicateWindow());
        }
        return new StreamToCreate(stream.build(), OF_STREAMS);
    }

    /** The stream that is a key-value bucket. */
    public static StreamToCreate bucket(BucketSettings settings) {
        return new StreamToCreate(KvBucket.configuration(settings), OF_BUCKETS);
    }

    /** The same with what a guarantee or a mode needs. */
    public StreamToCreate with(UnaryOperator<StreamConfiguration.Builder> more) {
        return new StreamToCreate(
                more.apply(StreamConfiguration.builder(configuration)).build(), keys);
    }
}
