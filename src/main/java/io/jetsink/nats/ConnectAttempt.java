package io.jetsink.nats;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
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
 * One attempt to connect to one server, and the connection that it opens. Records the reason of a failure while the
 * connection is being opened, and forwards events to the {@link ConnectionEvents} afterwards.
 *
 * <p>Threads: called by the connecting thread and by threads of the connection, in any order.
 */
final class ConnectAttempt implements ErrorListener, ConnectionListener {
    /** Longest server error that is shown: room for the longest subject and some text. */
    private static final int MAX_ERROR = 1200;

    private final ServerTarget target;
    private final ConnectionEvents events;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.CONNECTING);
    private volatile @Nullable Exception lastException;
    private volatile @Nullable String lastServerError;
    private volatile @Nullable IOException endedEarly;

    ConnectAttempt(ServerTarget target, ConnectionEvents events) {
        this.target = target;
        this.events = events;
    }

    ServerTarget target() {
        return target;
    }

    /** Records that the connection ended. Returns whether it ended before it was open, so that a thread still waits for it. */
    boolean connectionEndedEarly(IOException cause) {
        if (phase.get() != Phase.CONNECTING) {
            return false;
        }
        endedEarly = cause;
        return true;
    }

    /** Whether the connection was ever open: the client also returns a connection that was closed while it was opened. */
    boolean wasUp() {
        return phase.get() != Phase.CONNECTING;
    }

    @Nullable
    String lastServerError() {
        return lastServerError;
    }

    /** Returns the cause of a failure, null if none is known. The exception of {@code connect} itself names no cause. */
    @Nullable
    Exception failure() {
        return endedEarly == null ? lastException : endedEarly;
    }

    void stopForwarding() {
        phase.set(Phase.OVER);
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
        // Before TLS is established anyone can inject this text, so it is escaped.
        String shown = LogSafeText.of(error, MAX_ERROR);
        lastServerError = shown;
        ifUp(() -> events.serverError(shown));
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception exception) {
        if (phase.get() == Phase.CONNECTING) {
            lastException = explained(connection.getServerInfo(), exception);
            return;
        }
        lastException = exception;
        ifUp(() -> events.clientError(exception));
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        ifUp(() -> events.clientError(
                new IOException("Messages from " + target.server() + " are dropped: slow consumer")));
    }

    @SuppressWarnings("deprecation") // the only abstract method of the interface is deprecated
    @Override
    public void connectionEvent(Connection connection, Events event) {
        switch (event) {
            case CONNECTED -> phase.compareAndSet(Phase.CONNECTING, Phase.UP);
            case DISCONNECTED, CLOSED -> {
                if (phase.compareAndSet(Phase.UP, Phase.OVER)) {
                    events.lost(new CodedException(
                            ErrorCode.CONNECTION_LOST,
                            "The connection to " + target.server() + " is lost",
                            lastException));
                }
            }
            case LAME_DUCK -> ifUp(events::lameDuck);
            case DISCOVERED_SERVERS -> ifUp(() -> events.discovered(List.copyOf(connection.getServers())));
            default -> {
                // RECONNECTED and RESUBSCRIBED never occur: connections are replaced.
            }
        }
    }

    private void ifUp(Runnable event) {
        if (phase.get() == Phase.UP) {
            event.run();
        }
    }

    /** Names a difference in TLS between client and server, for which the client has no text of its own. */
    private Exception explained(ServerInfo server, Exception exception) {
        if (server == ServerInfo.EMPTY_INFO) {
            return exception;
        }
        if (target.tls() == null && server.isTLSRequired()) {
            return new SSLException("the server requires TLS, which is not configured", exception);
        }
        if (target.tls() != null && !server.isTLSRequired() && !server.isTLSAvailable()) {
            return new SSLException("TLS is configured, but the server does not support it", exception);
        }
        return exception;
    }

    private enum Phase {
        CONNECTING,
        UP,
        OVER
    }
}
