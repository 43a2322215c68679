package io.jetsink.nats;

import io.jetsink.message.LogSafeText;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.api.ServerInfo;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection attempt and what became of it: collects the reason while the connection is not up, and passes events
 * on to the {@link ConnectionEvents} afterwards.
 *
 * <p>Threads: called by the connecting thread and by the connection's own, in whatever order they have it.
 */
final class ConnectAttempt implements ErrorListener, ConnectionListener {
    /** Of the server's words; room for the longest subject and some text. */
    private static final int MAX_ERROR = 1200;

    private final ServerTarget target;
    private final ConnectionEvents listener;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CONNECTING);
    private volatile @Nullable Exception lastException;
    private volatile @Nullable String lastServerError;
    private volatile @Nullable IOException hungUp;

    ConnectAttempt(ServerTarget target, ConnectionEvents listener) {
        this.target = target;
        this.listener = listener;
    }

    /** Where this attempt goes, for {@link ResettingDataPort}. */
    ServerTarget target() {
        return target;
    }

    /** The server ended the connection. True if that was before it was up, so that somebody still waits for it. */
    boolean hungUp(IOException why) {
        if (phase.get() != Phase.CONNECTING) {
            return false;
        }
        hungUp = why;
        return true;
    }

    /** Whether the connection was up at all; the client returns one that never was if it is closed in between. */
    boolean wasUp() {
        return phase.get() != Phase.CONNECTING;
    }

    /** What the server had against us, or null. */
    @Nullable
    String lastServerError() {
        return lastServerError;
    }

    /** What went wrong, or null; the exception of {@code connect} itself says nothing. */
    @Nullable
    Exception failure() {
        return hungUp == null ? lastException : hungUp;
    }

    /** Nothing is passed on from here on. */
    void over() {
        phase.set(Phase.OVER);
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        // Not secured, anybody can say it.
        var shown = LogSafeText.of(error, MAX_ERROR);
        lastServerError = shown;
        if (phase.get() == Phase.UP) {
            listener.serverError(shown);
        }
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        if (phase.get() == Phase.CONNECTING) {
            lastException = explained(connection.getServerInfo(), exception);
            return;
        }
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

    @SuppressWarnings("deprecation") // deprecated, and the only one that has to be there
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

    /** Where one side wants TLS and the other one does not, the client's words for it are hard to tell from others. */
    private Exception explained(ServerInfo server, Exception exception) {
        if (server == ServerInfo.EMPTY_INFO) {
            return exception;
        }
        if (target.tls() == null && server.isTLSRequired()) {
            return new SSLException("the server asks for TLS, which is not configured", exception);
        }
        if (target.tls() != null && !server.isTLSRequired() && !server.isTLSAvailable()) {
            return new SSLException("TLS is configured, but the server does not offer it", exception);
        }
        return exception;
    }

    private enum Phase {
        CONNECTING,
        UP,
        OVER
    }
}
