package io.jetsink.nats;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the events of one {@link OpenConnection}. By default an event is logged at DEBUG.
 *
 * <ol>
 *   <li>Calls come from the connection's threads, several at a time, some while the client holds its locks: an implementation
 *       must not block and must not call the connection.
 *   <li>{@link #lost} is called at most once, and never after the owner has closed the connection.
 *   <li>An error may be reported before {@link NatsConnector#connect} has returned.
 * </ol>
 */
public interface ConnectionEvents {
    /** The connection is lost for good. Its owner still has to close it. */
    default void lost(IOException cause) {
        logger().debug("The connection is lost", cause);
    }

    /** The server has sent {@code -ERR} with this text, such as {@code Permissions Violation for Publish to "orders"}. */
    default void serverError(String text) {
        logger().debug("The server reports {}", text);
    }

    /** An error in the client, for example an exception of a message handler. */
    default void clientError(Exception error) {
        logger().debug("The NATS client reports an error", error);
    }

    /** The server will shut down: the owner should connect to another server. */
    default void lameDuck() {
        logger().debug("The server is shutting down");
    }

    /** Reports all servers that are known now, for the next {@link NatsConnector#connect}. */
    default void discovered(List<String> servers) {
        logger().trace("Servers {}", servers);
    }

    private static Logger logger() {
        return LoggerFactory.getLogger(ConnectionEvents.class);
    }
}
