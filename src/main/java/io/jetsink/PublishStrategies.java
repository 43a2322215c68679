package io.jetsink;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.JetStreamSettings.PreflightMode;
import io.jetsink.config.OversizeSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.StreamCreationSettings;
import io.jetsink.message.SubjectFilter;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.StreamCreator;
import io.jetsink.nats.stream.StreamFeature;
import io.jetsink.nats.stream.StreamToCreate;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.BestEffortPublisher;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.RefusalDiagnosis;
import io.jetsink.publish.fast.FastIngestStrategy;
import io.jetsink.publish.objects.ObjectStoreStrategy;
import io.jetsink.publish.once.BatchHeaders;
import io.jetsink.publish.once.ExactlyOnceStrategy;
import io.jetsink.publish.once.MarkerResetStrategy;
import io.jetsink.publish.once.MarkerSubjects;
import io.jetsink.publish.preflight.PreflightChecks;
import io.jetsink.publish.preflight.PreflightStrategy;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the strategy by which a task publishes, once, at start, and wraps it in the checks that the configuration asks for. */
public final class PublishStrategies {
    private PublishStrategies() {}

    /**
     * @param name name of the task in log lines
     * @param subjects subject filters that together cover all subjects that can be published to
     * @param rate measured rate of the task's link
     */
    public static PublishStrategy of(String name, SinkConfig config, List<String> subjects, LinkRate rate) {
        MarkerSubjects markers =
                config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE ? MarkerSubjects.of(config) : null;
        CachedStreamLookup lookUp = new CachedStreamLookup(
                config.jetStream(), subjects, config.translation().message().identifiesBySubject());
        PublishStrategy strategy = strategy(name, config, lookUp, markers, rate);
        StreamToCreate missing = toCreate(config, subjects, markers, strategy instanceof FastIngestStrategy);
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
        return missing == null ? publishers : new CreatingStrategy(missing, config.jetStream(), publishers);
    }

    /** A strategy that first creates the stream if it is missing. */
    private record CreatingStrategy(StreamToCreate stream, JetStreamSettings jetStream, PublishStrategy strategy)
            implements PublishStrategy {
        @Override
        public Publisher open(Connection connection) throws IOException, InterruptedException {
            if (stream.features().contains(StreamFeature.EXACTLY_ONCE)) {
                StreamFeature.EXACTLY_ONCE.requireFrom(connection.getServerInfo());
            }
            StreamCreator.ensure(connection, jetStream, stream);
            return strategy.open(connection);
        }

        @Override
        public void reconsider(Connection connection) {
            strategy.reconsider(connection);
        }
    }

    /** Returns whether preflight checks the stream. Best-effort is checked only for messages that would be lost silently. */
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
            return BestEffortPublisher.strategy(name, rate::messages, lookUp, foreign);
        }
        PublishStrategy async = async(config, lookUp, foreign, rate, publish.mostPending());
        return switch (publish.mode()) {
            case SYNC -> async(config, lookUp, foreign, rate, 1);
            case ASYNC -> async;
            case FAST, AUTO -> new FastIngestStrategy(name, publish, lookUp, async, foreign, rate, System::nanoTime);
        };
    }

    /** Publishes messages with one ack each. */
    private static PublishStrategy async(
            SinkConfig config, CachedStreamLookup lookUp, ForeignReplies foreign, LinkRate rate, int most) {
        boolean lastOfSubjectCounts = config.bucket() != null;
        return connection -> new AsyncPublisher(
                connection,
                lookUp.acks(),
                foreign,
                new RefusalDiagnosis(connection, lookUp, rate::aheadNanos),
                most,
                () -> Math.min(most, rate.messages()),
                lastOfSubjectCounts,
                System::nanoTime);
    }

    /** Returns the stream to create, with the features that its options have to allow, or null if none is created. */
    private static @Nullable StreamToCreate toCreate(
            SinkConfig config, List<String> subjects, @Nullable MarkerSubjects markers, boolean batched) {
        Set<StreamFeature> features = EnumSet.noneOf(StreamFeature.class);
        if (batched) {
            features.add(StreamFeature.FAST);
        }
        if (markers != null) {
            features.add(StreamFeature.EXACTLY_ONCE);
        }
        if (config.translation().message().usesTtl()) {
            features.add(StreamFeature.TTL);
        }
        BucketSettings bucket = config.bucket();
        if (bucket != null && bucket.create()) {
            return StreamToCreate.bucket(bucket, features);
        }
        StreamCreationSettings creation = config.jetStream().creation();
        if (creation == null) {
            return null;
        }
        String stream = Objects.requireNonNull(config.jetStream().stream());
        return StreamToCreate.stream(stream, creation, captured(creation, subjects, markers), features);
    }

    /** Returns the configured subjects, or else those of the records, and the subjects of markers. */
    private static List<String> captured(
            StreamCreationSettings creation, List<String> records, @Nullable MarkerSubjects markers) {
        List<String> subjects = new ArrayList<>(creation.subjects().isEmpty() ? records : creation.subjects());
        if (markers != null
                && subjects.stream().noneMatch(subject -> SubjectFilter.covers(subject, markers.filter()))) {
            subjects.add(markers.filter());
        }
        return subjects;
    }
}
