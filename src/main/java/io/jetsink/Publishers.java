package io.jetsink;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.DeliveryGuarantee;
import io.jetsink.config.OversizeSettings;
import io.jetsink.config.PreflightMode;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.StreamCreation;
import io.jetsink.nats.stream.StreamLookUp;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.nats.stream.WantedStream;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.CorePublisher;
import io.jetsink.publish.ForeignAnswers;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.LostMessages;
import io.jetsink.publish.PublisherFactory;
import io.jetsink.publish.Refusals;
import io.jetsink.publish.fast.FastMode;
import io.jetsink.publish.objects.ObjectStoreMode;
import io.jetsink.publish.once.BatchHeaders;
import io.jetsink.publish.once.ExactlyOnceMode;
import io.jetsink.publish.once.MarkerSubjects;
import io.jetsink.publish.once.StaleMarkers;
import io.jetsink.publish.preflight.Preflight;
import io.jetsink.publish.preflight.PreflightChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chooses the strategy, once, at start. */
public final class Publishers {
    private Publishers() {}

    /**
     * @param name of the task, for log lines
     * @param subjects filters that together cover all subjects that can be written to
     * @param rate what the task has measured of its link
     */
    public static PublisherFactory of(String name, SinkConfig config, List<String> subjects, LinkRate rate) {
        MarkerSubjects markers =
                config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE ? MarkerSubjects.of(config) : null;
        StreamLookUp lookUp = new StreamLookUp(
                config.jetStream(), subjects, config.translation().message().identifiesBySubject());
        PublisherFactory strategy = strategy(name, config, lookUp, markers, rate);
        WantedStream wanted = wanted(config, subjects, markers, strategy instanceof FastMode);
        PublisherFactory publishers = strategy;
        if (isChecked(config)) {
            PreflightChecks checks = new PreflightChecks(config, lookUp, markers);
            if (config.publish().guarantee() == DeliveryGuarantee.AT_LEAST_ONCE) {
                publishers = new StaleMarkers(name, config, strategy, lookUp);
            }
            publishers = new Preflight(name, publishers, checks, PreflightChecks.needStream(config));
        }
        OversizeSettings oversize = config.oversize();
        if (oversize != null) {
            int added = markers == null ? 0 : BatchHeaders.BYTES;
            publishers = new ObjectStoreMode(publishers, config, oversize.bucket(), lookUp, added, rate);
        }
        return wanted == null ? publishers : new CreatedStream(publishers, config.jetStream(), wanted);
    }

    /** Best-effort needs nobody's answer, but for what would be lost in silence. */
    private static boolean isChecked(SinkConfig config) {
        return config.preflight() != PreflightMode.OFF
                && (config.publish().guarantee() != DeliveryGuarantee.BEST_EFFORT
                        || config.bucket() != null
                        || config.translation().message().usesTtl());
    }

    private static PublisherFactory strategy(
            String name, SinkConfig config, StreamLookUp lookUp, @Nullable MarkerSubjects markers, LinkRate rate) {
        PublishSettings publish = config.publish();
        ForeignAnswers foreign = new ForeignAnswers(name, System::nanoTime);
        if (markers != null) {
            return new ExactlyOnceMode(publish, config.exactlyOnce(), lookUp, markers, rate, foreign);
        }
        if (publish.guarantee() == DeliveryGuarantee.BEST_EFFORT) {
            return CorePublisher.factory(publish.maxPending(), lookUp, foreign, new LostMessages(name));
        }
        PublisherFactory async = async(config, lookUp, foreign, rate, publish.maxPending());
        return switch (publish.mode()) {
            case SYNC -> async(config, lookUp, foreign, rate, 1);
            case ASYNC -> async;
            case FAST, AUTO -> new FastMode(name, publish, lookUp, async, foreign, rate, System::nanoTime);
        };
    }

    /** Messages with one ack each; in a bucket the last one of a key counts. */
    private static PublisherFactory async(
            SinkConfig config, StreamLookUp lookUp, ForeignAnswers foreign, LinkRate rate, int window) {
        boolean lastCounts = config.bucket() != null;
        return (connection, previous) -> new AsyncPublisher(
                connection,
                lookUp.acks(),
                foreign,
                new Refusals(connection, lookUp, rate::aheadNanos),
                window,
                lastCounts,
                System::nanoTime);
    }

    /** The stream to be created, with the flags that guarantee and mode need; null: none. */
    private static @Nullable WantedStream wanted(
            SinkConfig config, List<String> subjects, @Nullable MarkerSubjects markers, boolean batched) {
        BucketSettings bucket = config.bucket();
        StreamCreation creation = config.jetStream().creation();
        WantedStream wanted;
        if (bucket != null && bucket.create()) {
            wanted = WantedStream.bucket(bucket);
        } else if (creation != null) {
            String stream = Objects.requireNonNull(config.jetStream().stream());
            wanted = WantedStream.stream(stream, creation, taken(creation, subjects, markers));
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
    private static List<String> taken(StreamCreation creation, List<String> written, @Nullable MarkerSubjects markers) {
        List<String> subjects = new ArrayList<>(creation.subjects().isEmpty() ? written : creation.subjects());
        if (markers != null && subjects.stream().noneMatch(subject -> TargetStream.covers(subject, markers.filter()))) {
            subjects.add(markers.filter());
        }
        return subjects;
    }
}
