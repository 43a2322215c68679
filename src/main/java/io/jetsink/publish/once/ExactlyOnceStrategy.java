package io.jetsink.publish.once;

import io.jetsink.config.ExactlyOnceSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.StreamFeature;
import io.jetsink.nats.stream.StreamRequirements;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AckInbox;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import java.io.IOException;

/** Opens exactly-once epochs. Fails if server or stream do not meet the requirements; there is no weaker fallback. */
public final class ExactlyOnceStrategy implements PublishStrategy {
    private final CachedStreamLookup lookUp;
    private final MarkerSubjects markers;
    private final ForeignReplies foreign;
    private final ExactlyOnceState state;

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
        this.state = new ExactlyOnceState(markers, settings, own, rate, System::nanoTime);
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        TargetStream stream = target(connection, lookUp, markers);
        state.opened(stream, lookUp.captured(), BatchLimit.of(connection, markers.probeSubject()));
        return new AtomicPublisher(connection, state, new AckInbox(connection, lookUp.acks(stream), foreign));
    }

    /** @throws MisconfiguredException if server or stream do not meet the requirements of exactly-once */
    static TargetStream target(Connection connection, CachedStreamLookup lookUp, MarkerSubjects markers)
            throws IOException {
        StreamFeature.EXACTLY_ONCE.requireFrom(connection.getServerInfo());
        TargetStream stream = lookUp.on(connection);
        if (stream == null) {
            throw new MisconfiguredException(
                    ErrorCode.OTHER_STREAM, StreamFeature.EXACTLY_ONCE.problem(StreamRequirements.SEVERAL_STREAMS));
        }
        MisconfiguredException unsuitable = markers.requirements().failure(stream);
        if (unsuitable != null) {
            throw unsuitable;
        }
        return stream;
    }
}
