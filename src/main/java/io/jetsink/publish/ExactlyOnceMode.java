package io.jetsink.publish;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Opens exactly-once epochs, and refuses where the promise could not be kept: nothing less is put in its place. */
final class ExactlyOnceMode implements PublisherFactory {
    private static final String SERVER = "2.12.1";
    private static final String WHAT = "delivery.guarantee=exactly-once: ";

    private final JetStreamSettings jetStream;
    private final MarkerSubjects markers;
    private final String subjects;
    private final ExactlyOnce task;

    /** @param subjects a filter that covers all subjects that can be written to */
    ExactlyOnceMode(
            PublishSettings settings,
            ExactlyOnceSettings own,
            JetStreamSettings jetStream,
            MarkerSubjects markers,
            String subjects) {
        this.jetStream = jetStream;
        this.markers = markers;
        this.subjects = subjects;
        this.task = new ExactlyOnce(markers, settings, own);
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous) throws IOException {
        task.opened(target(connection, jetStream, markers, subjects));
        return new AtomicPublisher(connection, task);
    }

    /** @throws DefiniteException with what to change, if server or stream do not offer what is needed */
    static TargetStream target(
            Connection connection, JetStreamSettings jetStream, MarkerSubjects markers, String subjects)
            throws IOException {
        if (!connection.getServerInfo().isSameOrNewerThanVersion(SERVER)) {
            throw new DefiniteException(WHAT + "nats-server "
                    + connection.getServerInfo().getVersion() + " has no atomic batches: it takes 2.12.1 or later");
        }
        TargetStream stream = TargetStream.find(connection, jetStream, subjects);
        if (stream == null) {
            throw new DefiniteException(WHAT
                    + (jetStream.stream() == null
                            ? "the subjects do not lead into one stream: name it with jetstream.stream"
                            : "there is no stream " + jetStream.stream()
                                    + ": create it, set jetstream.stream.create=true, or correct jetstream.stream"));
        }
        check(stream, markers);
        return stream;
    }

    private static void check(TargetStream stream, MarkerSubjects markers) throws DefiniteException {
        String edit = "nats stream edit " + stream.name();
        if (!stream.allowsAtomic()) {
            refuse(stream, "does not allow atomic batches: " + edit + " --allow-batch");
        }
        if (!stream.allowsRollup()) {
            refuse(stream, "does not allow rollups, which replace markers: " + edit + " --allow-rollup");
        }
        if (!stream.keepsAll()) {
            refuse(
                    stream,
                    "has retention " + stream.configuration().getRetentionPolicy()
                            + ", which removes markers: it takes a stream with limits retention");
        }
        if (stream.configuration().isDiscardNewPerSubject()
                && stream.configuration().getMaxMsgsPerSubject() > 0) {
            refuse(
                    stream,
                    "has max_msgs_per_subject with discard_new_per_subject, which refuses new markers: " + edit
                            + " --no-discard-per-subject");
        }
        Duration age = stream.maxAge();
        if (age != null && !age.isZero() && age.compareTo(ExactlyOnceSettings.MIN_AGE) < 0) {
            refuse(stream, "has a max_age of less than ten minutes, which removes markers: " + edit + " --max-age=1h");
        }
        if (stream.persistsLater()) {
            refuse(stream, "has persist_mode async, which acks what is not stored");
        }
        if (!stream.takes(markers.filter())) {
            refuse(
                    stream,
                    "does not take the markers' subjects " + markers.filter()
                            + ": add them to its subjects, or change exactly.once.marker.prefix");
        }
    }

    private static void refuse(TargetStream stream, String why) throws DefiniteException {
        throw new DefiniteException(WHAT + "stream " + stream.name() + " " + why);
    }
}
