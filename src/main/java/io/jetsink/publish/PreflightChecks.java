package io.jetsink.publish;

import io.jetsink.config.DeliveryGuarantee;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.nats.NoStreamException;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is asked of a server about one configuration. Nothing is created or stored by it. */
final class PreflightChecks {
    private final StreamLookUp lookUp;
    private final StreamRules rules;
    private final StreamRisks risks;
    private final boolean acked;

    /**
     * What a probe showed.
     *
     * @param mistakes what is wrong for certain
     * @param doubt what may be; null: nothing is, or nothing could be asked
     */
    record Answer(List<Finding> mistakes, @Nullable String doubt) {
        private static final Answer FINE = new Answer(List.of(), null);
    }

    /** @param markers of exactly-once, else null */
    PreflightChecks(SinkConfig config, StreamLookUp lookUp, @Nullable MarkerSubjects markers) {
        this.lookUp = lookUp;
        this.rules = new StreamRules(config, lookUp.subjects(), markers);
        this.risks = new StreamRisks(config, lookUp.subjects());
        this.acked = config.publish().guarantee() != DeliveryGuarantee.BEST_EFFORT;
    }

    /** As {@link StreamLookUp#on}. */
    @Nullable
    TargetStream lookUp(Connection connection) throws IOException {
        return lookUp.on(connection);
    }

    Finding missing(NoStreamException none) {
        return rules.missing(String.valueOf(none.getMessage()));
    }

    /** @param stream null if it is not known, or there are several */
    List<Finding> mistakes(Connection connection, @Nullable TargetStream stream) {
        return rules.mistakes(stream, connection.getServerInfo());
    }

    List<String> risks(Connection connection, TargetStream stream) {
        return acked ? risks.of(stream, connection.getServerInfo()) : List.of();
    }

    /**
     * Asks whether a message would be taken and its ack come back, if a subject is known that messages may have.
     *
     * @param stream null if it is not known, or there are several
     */
    Answer probe(Connection connection, @Nullable TargetStream stream) throws InterruptedException {
        Probe probe = acked ? Probe.of(lookUp.subjects(), stream) : null;
        if (probe == null) {
            return Answer.FINE;
        }
        try {
            String meant = stream == null ? lookUp.name() : stream.name();
            String taker = probe.ask(connection, meant);
            if (taker == null) {
                return new Answer(List.of(), probe.unanswered());
            }
            return meant == null || taker.isEmpty() || taker.equals(meant)
                    ? Answer.FINE
                    : found(
                            probe,
                            "stream " + taker + " takes " + probe.subject() + ", and not " + meant
                                    + ": correct jetstream.stream, subject, or the streams' subjects");
        } catch (IOException refused) {
            String text = "a message to " + probe.subject() + " would be refused: " + FailureTriage.told(refused);
            return FailureTriage.of(refused) == FailureTriage.Verdict.MISTAKE
                    ? found(probe, text)
                    : new Answer(List.of(), text);
        }
    }

    private static Answer found(Probe probe, String text) {
        return probe.certain()
                ? new Answer(List.of(new Finding(JetStreamSettings.STREAM_CONFIG, text)), null)
                : new Answer(List.of(), text);
    }
}
