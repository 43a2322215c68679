package io.jetsink.publish;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens exactly-once epochs, and refuses where the promise could not be kept: nothing less is put in its place. */
final class ExactlyOnceMode implements PublisherFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ExactlyOnceMode.class);
    private static final String SERVER = "2.12.1";
    private static final String WHAT = "delivery.guarantee=exactly-once: ";

    private final JetStreamSettings jetStream;
    private final MarkerSubjects markers;
    private final List<String> subjects;
    private final ExactlyOnce task;
    private List<String> told = List.of();

    /** @param subjects filters that together cover all subjects that can be written to */
    ExactlyOnceMode(
            PublishSettings settings,
            ExactlyOnceSettings own,
            JetStreamSettings jetStream,
            MarkerSubjects markers,
            List<String> subjects) {
        this.jetStream = jetStream;
        this.markers = markers;
        this.subjects = subjects;
        this.task = new ExactlyOnce(markers, settings, own, System::nanoTime);
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous) throws IOException {
        TargetStream stream = target(connection, jetStream, markers, subjects);
        tellRisks(connection, stream);
        task.opened(stream);
        return new AtomicPublisher(connection, task);
    }

    /** @throws MistakeException if the server has no atomic batches */
    static void checkServer(Connection connection) throws MistakeException {
        if (!connection.getServerInfo().isSameOrNewerThanVersion(SERVER)) {
            throw new MistakeException(WHAT + "nats-server "
                    + connection.getServerInfo().getVersion() + " has no atomic batches: it takes " + SERVER
                    + " or later");
        }
    }

    /** @throws MistakeException with what to change, if server or stream do not offer what is needed */
    static TargetStream target(
            Connection connection, JetStreamSettings jetStream, MarkerSubjects markers, List<String> subjects)
            throws IOException {
        checkServer(connection);
        TargetStream stream = TargetStream.find(connection, jetStream, subjects);
        if (stream == null) {
            throw new MistakeException(
                    WHAT + "the subjects do not lead into one stream: name it with jetstream.stream");
        }
        String problem = new ExactlyOnceStream(stream, markers).problem();
        if (problem != null) {
            throw new MistakeException(WHAT + problem);
        }
        if (!stream.takesAnyOf(subjects)) {
            throw new MistakeException(WHAT + "stream " + stream.name() + " takes none of the subjects "
                    + String.join(", ", subjects)
                    + ": change subject, jetstream.stream, or the stream's subjects");
        }
        return stream;
    }

    /** Once, and again only if the stream was edited. */
    private void tellRisks(Connection connection, TargetStream stream) {
        List<String> risks = new ExactlyOnceStream(stream, markers).risks();
        if (risks.isEmpty() || risks.equals(told)) {
            return;
        }
        told = risks;
        String text = "{}stream {} {}";
        String all = String.join("; it ", risks);
        // On a server on its own a single replica is all there is.
        if (risks.size() == 1 && stream.configuration().getReplicas() == 1 && isAlone(connection)) {
            LOG.info(text, WHAT, stream.name(), all);
        } else {
            LOG.warn(text, WHAT, stream.name(), all);
        }
    }

    private static boolean isAlone(Connection connection) {
        return connection.getServerInfo().getCluster() == null;
    }
}
