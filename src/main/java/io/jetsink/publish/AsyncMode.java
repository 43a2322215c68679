package io.jetsink.publish;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.nats.NoStreamException;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens epochs of messages with one ack each ({@code publish.mode=async} and {@code sync}). Looks first, where a stream is
 * named and the user may, whether that stream acks at all: one that does not would store the first record again and again.
 */
final class AsyncMode implements PublisherFactory {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncMode.class);
    /** So often a look-up may stay without an answer: the user may not be allowed to ask, and need not be. */
    private static final int PATIENCE = 3;

    private final JetStreamSettings jetStream;
    private final int window;
    private final boolean lastCounts;
    private int silent;

    /**
     * @param window how many messages may wait for their ack
     * @param lastCounts whether of several messages of a subject the last one is to be the newest, as in a key-value bucket
     */
    AsyncMode(JetStreamSettings jetStream, int window, boolean lastCounts) {
        this.jetStream = jetStream;
        this.window = window;
        this.lastCounts = lastCounts;
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous) throws IOException {
        boolean proven = previous instanceof AsyncPublisher before && before.isProven();
        String stream = jetStream.stream();
        if (stream != null && !proven && silent < PATIENCE) {
            look(connection, stream);
        }
        return openUnseen(connection);
    }

    /** Without a look at the stream. */
    Publisher openUnseen(Connection connection) throws IOException {
        return new AsyncPublisher(connection, jetStream.stream(), window, lastCounts);
    }

    private void look(Connection connection, String name) throws IOException {
        @Nullable TargetStream stream;
        try {
            stream = TargetStream.find(connection, jetStream, List.of());
        } catch (NoStreamException none) {
            throw none;
        } catch (IOException unanswered) {
            silent++;
            LOG.debug("stream {} is not looked up", name, unanswered);
            return;
        }
        if (stream != null) {
            checkAcks(stream);
        }
    }

    /** @throws MistakeException if the stream never says what it has stored */
    static void checkAcks(TargetStream stream) throws MistakeException {
        if (!stream.acks()) {
            throw new MistakeException("stream " + stream.name() + " " + TargetStream.NO_ACK + ": nats stream edit "
                    + stream.name() + " " + TargetStream.NO_ACK_CURE);
        }
    }
}
