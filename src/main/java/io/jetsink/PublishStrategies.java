package io.jetsink;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.DeliveryGuarantee;
import io.jetsink.config.OversizeSettings;
import io.jetsink.config.PreflightMode;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.StreamCreationSettings;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.StreamToCreate;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.BestEffortPublisher;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.RefusalDiagnosis;
import io.jetsink.publish.RefusedMessages;
import io.jetsink.publish.fast.FastIngestStrategy;
import io.jetsink.publish.objects.ObjectStoreStrategy;
import io.jetsink.publish.once.BatchHeaders;
import io.jetsink.publish.once.ExactlyOnceStrategy;
import io.jetsink.publish.once.MarkerResetStrategy;
import io.jetsink.publish.once.MarkerSubjects;
import io.jetsink.publish.preflight.PreflightChecks;
import io.jetsink.publish.preflight.PreflightStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chooses the strategy, once, at start. */
public final class PublishStrategies {
    private PublishStrategies() {}

    /**
     * @param name of the task, for log lines
     * @param subjects filters that together cover all subjects that can be written to
     * @param rate what the task has measured of its link
     */
    public static PublishStrategy of(String name, SinkConfig config, List<String> subjects, LinkRate rate) {
        MarkerSubjects markers =
                config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE ? MarkerSubjects.of(config) : null;
        CachedStreamLookup lookUp = new CachedStreamLookup(
                config.jetStream(), subjects, config.translation().message().identifiesBySubject());
        PublishStrategy strategy = strategy(name, config, lookUp, markers, rate);
        StreamToCreate wanted = wanted(config, subjects, markers, strategy instanceof FastIngestStrategy);
        PublishStrategy publishers = strategy;
        if (isChecked(config)) {
            PreflightChecks checks = new PreflightChecks(config, lookUp, markers);
            if (config.publish().guarantee() == DeliveryGuarantee.AT_LEAST_ONCE) {
                publishers = new MarkerResetStrategy(name, config, strategy, lookUp);
            }
            publishers = new PreflightStrategy(name, publishers, checks, PreflightChecks.needStream(config));
        }
        OversizeSettings oversize = config.oversize();
        if (oversize != null) {
            int added = markers == null ? 0 : BatchHeaders.BYTES;
            publishers = new ObjectStoreStrategy(publishers, config, oversize.bucket(), lookUp, added, rate);
        }
        return wanted == null ? publishers : new CreatingStrategy(publishers, config.jetStream(), wanted);
    }

    /** Best-effort needs nobody's answer, but for what would be lost in silence. */
    private static boolean isChecked(SinkConfig config) {
        return config.preflight() != PreflightMode.OFF
                && (config.publish().guarantee() != DeliveryGuarantee.BEST_EFFORT
                        || config.bucket() != null
                        || config.translation().message().usesTtl());
    }

    private static PublishStrategy strategy(
            String name,
            SinkConfig config,
            CachedStreamLookup lookUp,
            @Nullable MarkerSubjects markers,
            LinkRate rate) {
        PublishSettings publish = config.publish();
        ForeignReplies foreign = new ForeignReplies(name, System::nanoTime);
        if (markers != null) {
            return new ExactlyOnceStrategy(publish, config.exactlyOnce(), lookUp, markers, rate, foreign);
        }
        if (publish.guarantee() == DeliveryGuarantee.BEST_EFFORT) {
            return BestEffortPublisher.factory(publish.maxPending(), lookUp, foreign, new RefusedMessages(name));
        }
        PublishStrategy async = async(config, lookUp, foreign, rate, publish.maxPending());
        return switch (publish.mode()) {
            case SYNC -> async(config, lookUp, foreign, rate, 1);
            case ASYNC -> async;
            case FAST, AUTO -> new FastIngestStrategy(name, publish, lookUp, async, foreign, rate, System::nanoTime);
        };
    }

    /** Messages with one ack each; in a bucket the last one of a key counts. */
    private static PublishStrategy async(
            SinkConfig config, CachedStreamLookup lookUp, ForeignReplies foreign, LinkRate rate, int window) {
        boolean lastCounts = config.bucket() != null;
        return connection -> new AsyncPublisher(
                connection,
                lookUp.acks(),
                foreign,
                new RefusalDiagnosis(connection, lookUp, rate::aheadNanos),
                window,
                lastCounts,
                System::nanoTime);
    }

    /** The stream to be created, with the flags that guarantee and mode need; null: none. */
    private static @Nullable StreamToCreate wanted(
            SinkConfig config, List<String> subjects, @Nullable MarkerSubjects markers, boolean batched) {
        BucketSettings bucket = config.bucket();
        StreamCreationSettings creation = config.jetStream().creation();
        StreamToCreate wanted;
        if (bucket != null && bucket.create()) {
            wanted = StreamToCreate.bucket(bucket);
        } else if (creation != null) {
            String stream = Objects.requireNonNull(config.jetStream().stream());
            wanted = StreamToCreate.stream(stream, creation, taken(creation, subjects, markers));
        } else {
            return null;
        }
        boolean expires = config.translation().message().usesTtl();
        return wanted.with(stream -> {
            stream.allowBatched(batched).allowMessageTtl(expires);
            return markers == null ? stream : stream.allowAtomicPublish().allowRollup(true);
        });
    }

    /** What is configured, or else written; and the markers in any case. */
    private static List<String> taken(
            StreamCreationSettings creation, List<String> written, @Nullable MarkerSubjects markers) {
        List<String> subjects = new ArrayList<>(creation.subjects().isEmpty() ? written : creation.subjects());
        if (markers != null && subjects.stream().noneMatch(subject -> TargetStream.covers(subject, markers.filter()))) {
            subjects.add(markers.filter());
        }
        return subjects;
    }
}
