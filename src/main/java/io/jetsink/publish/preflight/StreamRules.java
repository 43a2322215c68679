package io.jetsink.publish.preflight;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.MessageSettings;
import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.SubjectSettings;
import io.jetsink.nats.stream.KvBucket;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.fast.FastIngestStrategy;
import io.jetsink.publish.once.ExactlyOnceStrategy;
import io.jetsink.publish.once.ExactlyOnceStream;
import io.jetsink.publish.once.MarkerSubjects;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StreamConfiguration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What server and stream have to be for a configuration: a rule for each thing that can be wrong. Immutable. */
final class StreamRules {
    private static final String TTL_KEYS = MessageSettings.TTL_CONFIG + ", " + MessageSettings.TTL_HEADER_CONFIG + ": ";
    private static final String TTL_SERVER = "2.11.0";

    private final @Nullable MarkerSubjects markers;
    private final @Nullable BucketSettings bucket;
    private final boolean purges;
    /** Where the rule is told: the key of what the stream is known by. */
    private final String streamKey;

    private final List<Rule> rules = new ArrayList<>();

    /** One thing that can be wrong. */
    @FunctionalInterface
    private interface Rule {
        /** @param stream null if the subjects lead into several, or it is not known */
        @Nullable
        ConfigProblem problem(@Nullable TargetStream stream, ServerInfo server);
    }

    /** A thing that can be wrong with the one stream: what it is, or null. */
    @FunctionalInterface
    private interface OfStream {
        @Nullable
        String problem(TargetStream stream);
    }

    /**
     * @param markers of exactly-once, else null
     */
    StreamRules(SinkConfig config, @Nullable MarkerSubjects markers) {
        this.markers = markers;
        this.bucket = config.bucket();
        MessageSettings message = config.translation().message();
        this.purges = message.tombstones() == TombstonePolicy.PURGE;
        boolean named = config.jetStream().stream() != null;
        this.streamKey = bucket != null
                ? BucketSettings.BUCKET_CONFIG
                : named ? JetStreamSettings.STREAM_CONFIG : SubjectSettings.TEMPLATE_CONFIG;
        PublishSettings publish = config.publish();
        if (bucket != null) {
            of(BucketSettings.BUCKET_CONFIG, this::bucket);
            of(BucketSettings.BUCKET_CONFIG, StreamRules::counts);
        } else if (publish.guarantee() != DeliveryGuarantee.BEST_EFFORT) {
            of(JetStreamSettings.STREAM_CONFIG, StreamRules::closed);
            of(JetStreamSettings.STREAM_CONFIG, StreamRules::counts);
        }
        if (markers != null) {
            rules.add(this::exactlyOnce);
        } else if (publish.guarantee() == DeliveryGuarantee.AT_LEAST_ONCE) {
            of(PublishSettings.GUARANTEE_CONFIG, TargetStream::noAckProblem);
            if (publish.mode() == PublishMode.FAST) {
                rules.add(this::fast);
            }
        }
        if (message.usesTtl()) {
            String key = message.ttl() == null ? MessageSettings.TTL_HEADER_CONFIG : MessageSettings.TTL_CONFIG;
            rules.add((stream, server) -> finding(key, ttl(stream, server)));
            of(key, this::valuesBefore);
        }
    }

    /** All that is wrong for certain. */
    List<ConfigProblem> mistakes(@Nullable TargetStream stream, ServerInfo server) {
        List<ConfigProblem> found = new ArrayList<>();
        for (Rule rule : rules) {
            ConfigProblem problem = rule.problem(stream, server);
            if (problem != null) {
                found.add(problem);
            }
        }
        return found;
    }

    /** There is no stream. */
    ConfigProblem missing(String text) {
        if (bucket == null) {
            return new ConfigProblem(streamKey, text);
        }
        return new ConfigProblem(
                streamKey,
                "target=kv: there is no bucket " + bucket.name() + ": create it with nats kv add " + bucket.name()
                        + ", or set " + BucketSettings.CREATE_CONFIG + "=true");
    }

    private void of(String key, OfStream rule) {
        rules.add((stream, server) -> stream == null ? null : finding(key, rule.problem(stream)));
    }

    private static @Nullable ConfigProblem finding(String key, @Nullable String problem) {
        return problem == null ? null : new ConfigProblem(key, problem);
    }

    private @Nullable String bucket(TargetStream stream) {
        String name = bucket == null ? "" : bucket.name();
        String problem = KvBucket.problem(stream, name, purges);
        return problem == null ? null : "target=kv: the bucket " + name + " " + problem;
    }

    private static @Nullable String closed(TargetStream stream) {
        StreamConfiguration configuration = stream.configuration();
        String text = "stream " + stream.name() + " ";
        if (configuration.getMirror() != null) {
            return text + "is a mirror of " + configuration.getMirror().getName()
                    + ", which nobody can write to: name that one with jetstream.stream";
        }
        return configuration.getSealed() ? text + "is sealed, for good: name another one with jetstream.stream" : null;
    }

    /** Each message that is no counter is refused (nats-server 2.12 and later). */
    private static @Nullable String counts(TargetStream stream) {
        return stream.configuration().getAllowMessageCounter()
                ? "stream " + stream.name()
                        + " has allow_msg_counter, which refuses all messages except counters and cannot"
                        + " be changed: name another one with jetstream.stream"
                : null;
    }

    private @Nullable ConfigProblem exactlyOnce(@Nullable TargetStream stream, ServerInfo server) {
        String old = ExactlyOnceStrategy.missingIn(server);
        MarkerSubjects own = markers;
        if (old != null || own == null) {
            return finding(PublishSettings.GUARANTEE_CONFIG, old);
        }
        return finding(
                PublishSettings.GUARANTEE_CONFIG, stream == null ? null : ExactlyOnceStream.problem(stream, own));
    }

    private @Nullable ConfigProblem fast(@Nullable TargetStream stream, ServerInfo server) {
        String missing = FastIngestStrategy.missingIn(server);
        if (missing == null && stream != null) {
            missing = FastIngestStrategy.missingIn(stream);
        }
        return missing == null
                ? null
                : new ConfigProblem(PublishSettings.MODE_CONFIG, FastIngestStrategy.ERROR_PREFIX + missing);
    }

    /** Refuses TTLs in a stream that is asked for the last message of a subject, and would have the one before it. */
    private @Nullable String valuesBefore(TargetStream stream) {
        long kept = stream.configuration().getMaxMsgsPerSubject();
        // Streams without a limit hold events, of which each counts; buckets hold the last value of each key.
        if (kept == 1 || (kept < 1 && bucket == null)) {
            return null;
        }
        return TTL_KEYS + "stream " + stream.name() + " keeps "
                + (kept < 1 ? "all" : "up to " + kept) + " messages of each subject (max_msgs_per_subject"
                + (bucket == null ? "" : ", the history of the bucket")
                + "), so an older message becomes the last one again when the last one expires: nats stream edit "
                + stream.name() + " --max-msgs-per-subject=1, or remove these keys";
    }

    /** A stream that does not allow TTLs refuses each message, and an old server keeps them for ever. */
    private static @Nullable String ttl(@Nullable TargetStream stream, ServerInfo server) {
        // A stream that has the flag is proof enough: the server connected to may only be on the way to it.
        if (stream != null && stream.allowsTtl()) {
            return null;
        }
        if (!server.isSameOrNewerThanVersion(TTL_SERVER)) {
            return TTL_KEYS + "nats-server " + server.getVersion()
                    + " knows no TTLs of messages: it takes 2.11 or later";
        }
        return stream == null
                ? null
                : TTL_KEYS + "stream " + stream.name() + " does not allow TTLs of messages: "
                        + TargetStream.allowTtl(stream.name());
    }
}
