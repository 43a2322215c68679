package io.jetsink.nats;

import io.jetsink.message.ErrorCode;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of one epoch. A lost connection is closed and replaced by another one. */
public final class OpenConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenConnection.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final String name;
    private final Connection connection;
    private final ConnectAttempt attempt;
    private final ConnectionThreads threads;

    /** @param name of the task, for log lines */
    OpenConnection(String name, Connection connection, ConnectAttempt attempt, ConnectionThreads threads) {
        this.name = name;
        this.connection = connection;
        this.attempt = attempt;
        this.threads = threads;
    }

    /** Returns the connection of the client, which callers must not close. */
    public Connection connection() {
        return connection;
    }

    /** Returns the URL of the server. */
    public String server() {
        return attempt.target().server();
    }

    /** Returns the servers that are known now, for the next {@link NatsConnector#connect}. */
    public List<String> servers() {
        return List.copyOf(connection.getServers());
    }

    /**
     * Resets the connection: messages that wait for the socket or in it never reach the server. Takes up to some seconds if
     * the network does not respond. If interrupted, returns at once and leaves the rest to the connection's threads.
     */
    @Override
    public void close() {
        attempt.stopForwarding();
        try {
            connection.close();
            if (!threads.close(CLOSE_TIMEOUT)) {
                LOG.warn(
                        "{} {}: threads of the connection to {} have not ended within {}",
                        ErrorCode.NOT_CLOSED,
                        name,
                        server(),
                        CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.close();
        }
    }
}
