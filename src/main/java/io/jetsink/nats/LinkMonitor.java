package io.jetsink.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection attempt and what became of it: collects the reason while the connection is not up, and passes events
 * on to the {@link LinkListener} afterwards.
 *
 * <p>Threads: called by the connecting thread and by the connection's own, in whatever order they have it.
 */
final class LinkMonitor implements ErrorListener, ConnectionListener {
    private final LinkTarget target;
    private final LinkListener listener;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CONNECTING);
    private volatile @Nullable Exception lastException;

    LinkMonitor(LinkTarget target, LinkListener listener) {
        this.target = target;
        this.listener = listener;
    }

    /** Where this attempt goes, for {@link LinkPort}. */
    LinkTarget target() {
        return target;
    }

    /** The newest exception, or null; the client's own exception for a failed attempt says nothing. */
    @Nullable
    Exception lastException() {
        return lastException;
    }

    /** Nothing is passed on from here on. */
    void over() {
        phase.set(Phase.OVER);
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        if (phase.get() == Phase.UP) {
            listener.serverError(error);
        }
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        lastException = exception;
        if (phase.get() == Phase.UP) {
            listener.clientError(exception);
        }
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        if (phase.get() == Phase.UP) {
            listener.clientError(new IOException("Messages from " + target.server() + " are dropped: slow consumer"));
        }
    }

    @Override
    public void connectionEvent(Connection connection, Events event) {
        switch (event) {
            case CONNECTED -> phase.compareAndSet(Phase.CONNECTING, Phase.UP);
            case DISCONNECTED, CLOSED -> {
                if (phase.compareAndSet(Phase.UP, Phase.OVER)) {
                    listener.lost(new IOException("The connection to " + target.server() + " is lost", lastException));
                }
            }
            case LAME_DUCK -> {
                if (phase.get() == Phase.UP) {
                    listener.lameDuck();
                }
            }
            case DISCOVERED_SERVERS -> {
                if (phase.get() == Phase.UP) {
                    listener.discovered(List.copyOf(connection.getServers()));
                }
            }
            default -> {
                // RECONNECTED and RESUBSCRIBED cannot be: a connection is never mended, but replaced.
            }
        }
    }

    private enum Phase {
        CONNECTING,
        UP,
        OVER
    }
}
