package io.jetsink.publish;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.DeliveryGuarantee;
import io.jetsink.config.OversizeSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.StreamCreation;
import io.jetsink.config.Tombstones;
import io.jetsink.nats.TargetStream;
import io.jetsink.nats.WantedStream;
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
     */
    public static PublisherFactory of(String name, SinkConfig config, List<String> subjects) {
        MarkerSubjects markers =
                config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE ? MarkerSubjects.of(config) : null;
        PublisherFactory strategy = strategy(name, config, subjects, markers);
        WantedStream wanted = wanted(config, subjects, markers, strategy instanceof FastMode);
        boolean ttl = config.translation().message().usesTtl();
        PublisherFactory publishers = ttl ? new TtlStream(name, strategy, config.jetStream(), subjects) : strategy;
        OversizeSettings oversize = config.oversize();
        if (oversize != null) {
            int added = markers == null ? 0 : AtomicBatch.MEMBER_BYTES;
            publishers = new ObjectStoreMode(publishers, config, oversize.bucket(), subjects, added);
        }
        BucketSettings bucket = config.bucket();
        if (bucket != null) {
            boolean purges = config.translation().message().tombstones() == Tombstones.PURGE;
            publishers = new BucketTarget(publishers, config.jetStream(), bucket, purges);
        }
        return wanted == null ? publishers : new CreatedStream(publishers, config.jetStream(), wanted);
    }

    private static PublisherFactory strategy(
            String name, SinkConfig config, List<String> subjects, @Nullable MarkerSubjects markers) {
        PublishSettings publish = config.publish();
        if (markers != null) {
            return new ExactlyOnceMode(publish, config.exactlyOnce(), config.jetStream(), markers, subjects);
        }
        if (publish.guarantee() == DeliveryGuarantee.BEST_EFFORT) {
            return CorePublisher.factory(publish.maxPending(), new LostMessages(name));
        }
        boolean lastCounts = config.bucket() != null;
        AsyncMode async = new AsyncMode(config.jetStream(), publish.maxPending(), lastCounts);
        return switch (publish.mode()) {
            case SYNC -> new AsyncMode(config.jetStream(), 1, lastCounts);
            case ASYNC -> async;
            case FAST, AUTO -> new FastMode(name, publish, config.jetStream(), subjects, async, System::nanoTime);
        };
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
