package io.jetsink.publish.preflight;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.OversizeSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.SubjectSettings;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.Downstream;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.KvBucket;
import io.jetsink.nats.stream.NoStreamException;
import io.jetsink.nats.stream.Probe;
import io.jetsink.nats.stream.ProbeReply;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.once.MarkerSubjects;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked of a server about one configuration. Nothing is created or stored by it. */
public final class PreflightChecks {
    private final CachedStreamLookup lookUp;
    private final StreamRules rules;
    private final StreamRisks risks;
    private final boolean acked;
    private final SinkConfig config;
    private final @Nullable MarkerSubjects markers;

    /**
     * What a probe showed.
     *
     * @param mistakes what is wrong for certain
     * @param doubt what may be; null: nothing is, or nothing could be asked
     */
    record Answer(List<ConfigProblem> mistakes, @Nullable String doubt) {
        private static final Answer FINE = new Answer(List.of(), null);
    }

    /** @param markers of exactly-once, else null */
    public PreflightChecks(SinkConfig config, CachedStreamLookup lookUp, @Nullable MarkerSubjects markers) {
        this.lookUp = lookUp;
        this.rules = new StreamRules(config, markers);
        this.risks = new StreamRisks(config, lookUp.subjects());
        this.acked = config.publish().guarantee() != DeliveryGuarantee.BEST_EFFORT;
        this.config = config;
        this.markers = markers;
    }

    /** As {@link CachedStreamLookup#on}. */
    @Nullable
    TargetStream lookUp(Connection connection) throws IOException {
        return lookUp.on(connection);
    }

    ConfigProblem missing(NoStreamException none) {
        return rules.missing(String.valueOf(none.getMessage()));
    }

    /** @param stream null if it is not known, or there are several */
    List<ConfigProblem> mistakes(Connection connection, @Nullable TargetStream stream) {
        return rules.mistakes(stream, connection.getServerInfo());
    }

    List<String> risks(Connection connection, TargetStream stream) {
        return acked ? risks.of(stream, connection.getServerInfo()) : List.of();
    }

    /** Returns a line for each stream of the account that will not copy what the connector publishes. */
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
                    "OBJ_" + objects.bucket(), "$O." + objects.bucket() + ".M.>", "oversize=object-store"));
        }
        return Downstream.risks(connection, config.jetStream(), rollups);
    }

    /**
     * Asks whether a message would be taken and its ack come back, if a subject is known that messages may have.
     *
     * @param stream null if it is not known, or there are several
     */
    Answer probe(Connection connection, @Nullable TargetStream stream) throws InterruptedException {
        if (!acked) {
            return Answer.FINE;
        }
        boolean lists =
                stream == null || stream.configuration().getMirror() != null || stream.takesAnyOf(lookUp.subjects());
        // A list that does not show the subjects proves nothing: an account mapping may lead them there.
        Probe probe = lists ? Probe.of(lookUp.subjects(), stream) : Probe.beyond(lookUp.subjects());
        if (probe == null) {
            return Answer.FINE;
        }
        String meant = stream == null ? lookUp.name() : stream.name();
        ProbeReply answer = probe.ask(connection, meant);
        JetStreamErrorException refused = answer.error();
        if (refused != null) {
            String text = "a message to " + probe.subject() + " would be refused: "
                    + FailureTriage.describeWithAdvice(refused);
            return FailureTriage.verdictOf(refused) == FailureTriage.Verdict.MISCONFIGURED
                    ? found(probe, text)
                    : new Answer(List.of(), text);
        }
        switch (answer.kind()) {
            case STREAM -> {
                if (meant == null || answer.stream().isEmpty() || answer.isBy(meant)) {
                    if (!lists) {
                        lookUp.captured().accept(probe.subject());
                    }
                    return Answer.FINE;
                }
                String text = "stream " + answer.stream() + " captures " + probe.subject() + ", and not " + meant
                        + ": correct jetstream.stream, subject, or the streams' subjects";
                return lists ? found(probe, text) : refused(text);
            }
            case NOBODY -> {
                return lists || meant == null
                        ? new Answer(List.of(), probe.unanswered())
                        : refused("stream " + meant + " captures none of the subjects "
                                + String.join(", ", lookUp.subjects())
                                + ": change subject, jetstream.stream, or the stream's subjects");
            }
            default -> {
                return new Answer(List.of(), probe.unanswered());
            }
        }
    }

    private static Answer refused(String text) {
        return new Answer(List.of(new ConfigProblem(SubjectSettings.TEMPLATE_CONFIG, text)), null);
    }

    private static Answer found(Probe probe, String text) {
        return probe.certain()
                ? new Answer(List.of(new ConfigProblem(JetStreamSettings.STREAM_CONFIG, text)), null)
                : new Answer(List.of(), text);
    }

    /** Whether nothing can be published as long as it is not known what the one stream is like. */
    public static boolean needStream(SinkConfig config) {
        return config.bucket() != null
                || config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE
                || config.publish().mode() == PublishMode.FAST;
    }
}
