package io.jetsink.publish.once;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AckInbox;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.MisconfiguredException;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import io.nats.client.api.ServerInfo;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Opens exactly-once epochs, and refuses where the promise could not be kept: nothing less is put in its place. */
public final class ExactlyOnceStrategy implements PublishStrategy {
    private static final String SERVER = "2.12.1";

    private final CachedStreamLookup lookUp;
    private final MarkerSubjects markers;
    private final ForeignReplies foreign;
    private final ExactlyOnceState task;

    public ExactlyOnceStrategy(
            PublishSettings settings,
            ExactlyOnceSettings own,
            CachedStreamLookup lookUp,
            MarkerSubjects markers,
            LinkRate rate,
            ForeignReplies foreign) {
        this.lookUp = lookUp;
        this.markers = markers;
        this.foreign = foreign;
        this.task = new ExactlyOnceState(markers, settings, own, rate, System::nanoTime);
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        TargetStream stream = target(connection, lookUp, markers);
        task.opened(stream, lookUp.captured(), BatchLimit.of(connection, markers.ofNone()));
        return new AtomicPublisher(connection, task, new AckInbox(connection, lookUp.acks(stream), foreign));
    }

    /** @throws MisconfiguredException if the server has no atomic batches */
    public static void checkServer(Connection connection) throws MisconfiguredException {
        String missing = missingIn(connection.getServerInfo());
        if (missing != null) {
            throw new MisconfiguredException(missing);
        }
    }

    /** Why this server cannot do it; null: it can. */
    public static @Nullable String missingIn(ServerInfo server) {
        return server.isSameOrNewerThanVersion(SERVER)
                ? null
                : ExactlyOnceStream.WHAT + "nats-server " + server.getVersion() + " has no atomic batches: it takes "
                        + SERVER + " or later";
    }

    /** @throws MisconfiguredException with what to change, if server or stream do not offer what is needed */
    static TargetStream target(Connection connection, CachedStreamLookup lookUp, MarkerSubjects markers)
            throws IOException {
        checkServer(connection);
        TargetStream stream = lookUp.on(connection);
        String problem = stream == null
                ? ExactlyOnceStream.WHAT + "the subjects do not lead into one stream: name it with jetstream.stream"
                : ExactlyOnceStream.problem(stream, markers);
        if (stream == null || problem != null) {
            throw new MisconfiguredException(String.valueOf(problem));
        }
        return stream;
    }
}
