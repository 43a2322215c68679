package io.jetsink.publish.preflight;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.OversizeSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.SubjectSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.Downstream;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.KvBucket;
import io.jetsink.nats.stream.NoStreamException;
import io.jetsink.nats.stream.Probe;
import io.jetsink.nats.stream.ProbeReply;
import io.jetsink.nats.stream.StreamRequirements;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.once.MarkerSubjects;
import io.nats.client.Connection;
import io.nats.client.support.NatsObjectStoreUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks of a server and its stream for one configuration. They create and store nothing. */
public final class PreflightChecks {
    private final SinkConfig config;
    private final CachedStreamLookup lookUp;
    private final @Nullable MarkerSubjects markers;
    private final StreamRequirements requirements;
    private final boolean acked;

    /**
     * The result of a probe.
     *
     * @param problem that is certain, or null
     * @param warning of a problem that is possible, or null
     */
    record Answer(@Nullable ConfigProblem problem, @Nullable Problem warning) {
        private static final Answer FINE = new Answer(null, null);
    }

    /** @param markers of {@code exactly-once}, else null */
    public PreflightChecks(SinkConfig config, CachedStreamLookup lookUp, @Nullable MarkerSubjects markers) {
        this.config = config;
        this.lookUp = lookUp;
        this.markers = markers;
        this.requirements =
                StreamRequirements.of(config, lookUp.subjects(), markers == null ? null : markers.requirements());
        this.acked = config.publish().guarantee() != DeliveryGuarantee.BEST_EFFORT;
    }

    /** As {@link CachedStreamLookup#on}. */
    @Nullable
    TargetStream lookUp(Connection connection) throws IOException {
        return lookUp.on(connection);
    }

    StreamRequirements requirements() {
        return requirements;
    }

    /** Returns the problem of a missing stream or bucket. */
    ConfigProblem missing(NoStreamException none) {
        BucketSettings bucket = config.bucket();
        if (bucket != null) {
            String text = "target=kv: there is no bucket " + bucket.name() + ": create it with nats kv add "
                    + bucket.name() + ", or set " + BucketSettings.CREATE_CONFIG + "=true";
            return new ConfigProblem(BucketSettings.BUCKET_CONFIG, ErrorCode.STREAM_MISSING, text);
        }
        String key = lookUp.name() == null ? SubjectSettings.TEMPLATE_CONFIG : JetStreamSettings.STREAM_CONFIG;
        return new ConfigProblem(key, none.code(), String.valueOf(none.getMessage()));
    }

    /** Returns a line for each stream of the account that does not copy the rollups that the connector publishes. */
    List<String> downstream(Connection connection, @Nullable TargetStream stream) throws InterruptedException {
        List<Downstream.Rollups> rollups = new ArrayList<>();
        BucketSettings bucket = config.bucket();
        if (stream != null && bucket != null && config.translation().message().tombstones() == TombstonePolicy.PURGE) {
            rollups.add(
                    new Downstream.Rollups(stream.name(), KvBucket.prefix(bucket.name()) + ">", "tombstones=purge"));
        }
        if (stream != null && markers != null) {
            rollups.add(new Downstream.Rollups(stream.name(), markers.filter(), "delivery.guarantee=exactly-once"));
        }
        OversizeSettings objects = config.oversize();
        if (objects != null) {
            rollups.add(new Downstream.Rollups(
                    NatsObjectStoreUtil.toStreamName(objects.bucket()),
                    NatsObjectStoreUtil.toMetaStreamSubject(objects.bucket()),
                    "oversize=object-store"));
        }
        return Downstream.risks(connection, config.jetStream(), rollups);
    }

    /**
     * Checks whether the stream would store a message and its ack would return, if a subject is known that records can have.
     *
     * @param stream null if it is not known, or the subjects match several
     */
    Answer probe(Connection connection, @Nullable TargetStream stream) throws InterruptedException {
        return probe(connection, stream, null);
    }

    /** Returns a probe for a stream that is not known, or null. */
    @Nullable
    Probe guess() {
        return Probe.beyond(lookUp.subjects());
    }

    /** @param guess for a stream that is not known, if no subject of a record is known; or null */
    Answer probe(Connection connection, @Nullable TargetStream stream, @Nullable Probe guess)
            throws InterruptedException {
        if (!acked) {
            return Answer.FINE;
        }
        boolean listed =
                stream == null || stream.configuration().getMirror() != null || stream.capturesAny(lookUp.subjects());
        // A list without the subjects proves nothing: a mapping of the account may lead them into the stream.
        Probe known = listed ? Probe.of(lookUp.subjects(), stream) : Probe.beyond(lookUp.subjects());
        Probe probe = known == null && stream == null ? guess : known;
        if (probe == null) {
            return Answer.FINE;
        }
        String expected = stream == null ? lookUp.name() : stream.name();
        ProbeReply reply = probe.ask(connection, expected);
        JetStreamErrorException refused = reply.error();
        if (refused != null) {
            String text = "a message to " + probe.subject() + " would be refused: "
                    + FailureTriage.describeWithAdvice(refused);
            boolean certain =
                    probe.isExact() && FailureTriage.verdictOf(refused) == FailureTriage.Verdict.MISCONFIGURED;
            return answer(JetStreamSettings.STREAM_CONFIG, FailureTriage.codeOf(refused), text, certain);
        }
        return switch (reply.kind()) {
            case STREAM -> {
                if (expected == null || reply.stream().isEmpty() || reply.isBy(expected)) {
                    if (!listed) {
                        lookUp.captured().accept(probe.subject());
                    }
                    yield Answer.FINE;
                }
                String text = "stream " + reply.stream() + " captures " + probe.subject() + ", and not " + expected
                        + ": correct jetstream.stream, subject, or the streams' subjects";
                yield listed
                        ? answer(JetStreamSettings.STREAM_CONFIG, ErrorCode.OTHER_STREAM, text, probe.isExact())
                        : answer(SubjectSettings.TEMPLATE_CONFIG, ErrorCode.OTHER_STREAM, text, true);
            }
            case NOBODY -> {
                String text = "stream " + expected + " captures none of the subjects "
                        + String.join(", ", lookUp.subjects())
                        + ": change subject, jetstream.stream, or the stream's subjects";
                yield listed || expected == null
                        ? unanswered(probe)
                        : answer(SubjectSettings.TEMPLATE_CONFIG, ErrorCode.SUBJECT_NOT_CAPTURED, text, true);
            }
            case STRANGER, SILENCE -> unanswered(probe);
        };
    }

    private static Answer answer(String key, ErrorCode code, String text, boolean certain) {
        Problem problem = new Problem(code, text);
        return certain ? new Answer(new ConfigProblem(key, problem), null) : new Answer(null, problem);
    }

    private static Answer unanswered(Probe probe) {
        return new Answer(null, new Problem(ErrorCode.NOT_CHECKED, probe.unanswered()));
    }

    /** Returns whether nothing can be published as long as the stream is not looked up. */
    public static boolean needStream(SinkConfig config) {
        DeliveryGuarantee guarantee = config.publish().guarantee();
        return config.bucket() != null
                || guarantee == DeliveryGuarantee.EXACTLY_ONCE
                || (guarantee == DeliveryGuarantee.AT_LEAST_ONCE
                        && config.publish().mode() == PublishMode.FAST);
    }
}
