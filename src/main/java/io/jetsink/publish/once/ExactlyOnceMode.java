package io.jetsink.publish.once;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.nats.stream.StreamLookUp;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AckInbox;
import io.jetsink.publish.ForeignAnswers;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.MistakeException;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.PublisherFactory;
import io.nats.client.Connection;
import io.nats.client.api.ServerInfo;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens exactly-once epochs, and refuses where the promise could not be kept: nothing less is put in its place. */
public final class ExactlyOnceMode implements PublisherFactory {
    private static final String SERVER = "2.12.1";

    private final StreamLookUp lookUp;
    private final MarkerSubjects markers;
    private final ForeignAnswers foreign;
    private final ExactlyOnce task;

    public ExactlyOnceMode(
            PublishSettings settings,
            ExactlyOnceSettings own,
            StreamLookUp lookUp,
            MarkerSubjects markers,
            LinkRate rate,
            ForeignAnswers foreign) {
        this.lookUp = lookUp;
        this.markers = markers;
        this.foreign = foreign;
        this.task = new ExactlyOnce(markers, settings, own, rate, System::nanoTime);
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous)
            throws IOException, InterruptedException {
        TargetStream stream = target(connection, lookUp, markers);
        task.opened(stream, lookUp.captured(), BatchLimit.of(connection, markers.ofNone()));
        return new AtomicPublisher(connection, task, new AckInbox(connection, lookUp.acks(stream), foreign));
    }

    /** @throws MistakeException if the server has no atomic batches */
    public static void checkServer(Connection connection) throws MistakeException {
        String missing = missingIn(connection.getServerInfo());
        if (missing != null) {
            throw new MistakeException(missing);
        }
    }

    /** Why this server cannot do it; null: it can. */
    public static @Nullable String missingIn(ServerInfo server) {
        return server.isSameOrNewerThanVersion(SERVER)
                ? null
                : ExactlyOnceStream.WHAT + "nats-server " + server.getVersion() + " has no atomic batches: it takes "
                        + SERVER + " or later";
    }

    /** @throws MistakeException with what to change, if server or stream do not offer what is needed */
    static TargetStream target(Connection connection, StreamLookUp lookUp, MarkerSubjects markers) throws IOException {
        checkServer(connection);
        TargetStream stream = lookUp.on(connection);
        String problem = stream == null
                ? ExactlyOnceStream.WHAT + "the subjects do not lead into one stream: name it with jetstream.stream"
                : ExactlyOnceStream.problem(stream, markers);
        if (stream == null || problem != null) {
            throw new MistakeException(String.valueOf(problem));
        }
        return stream;
    }
}
