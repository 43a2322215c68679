package io.jetsink.nats;

import io.nats.client.Connection;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection for one epoch. It is never mended: when it is lost, it is closed and another one made. */
public final class OpenConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenConnection.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Connection connection;
    private final ConnectAttempt monitor;
    private final ConnectionThreads threads;

    OpenConnection(Connection connection, ConnectAttempt monitor, ConnectionThreads threads) {
        this.connection = connection;
        this.monitor = monitor;
        this.threads = threads;
    }

    /** The client's connection. It is not to be closed itself. */
    public Connection connection() {
        return connection;
    }

    /** The server's URL as it was connected to. */
    public String server() {
        return monitor.target().server();
    }

    /** The servers known by now, for the next {@link NatsConnector#connect}. */
    public List<String> servers() {
        return List.copyOf(connection.getServers());
    }

    /**
     * Resets the connection: what was not written to the socket, or waits in it, never reaches the server. Takes up to
     * some seconds if the network stands still; ends early, leaving the rest to the connection's own threads, if
     * interrupted.
     */
    @Override
    public void close() {
        monitor.over();
        try {
            connection.close();
            if (!threads.close(PATIENCE)) {
                LOG.warn("Threads of the connection to {} have not ended within {}", server(), PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            threads.close();
        }
    }
}
