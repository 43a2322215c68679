package io.jetsink.nats;

import java.io.IOException;
import java.util.List;

/**
 * Hears what happens to one {@link OpenConnection} after it is up.
 *
 * <ol>
 *   <li>Calls come from the connection's threads, several at a time, some while the client holds its locks: an
 *       implementation only notes what it heard; it neither blocks nor calls the connection.
 *   <li>{@link #lost} is called at most once, and never if the link was closed by its owner first.
 *   <li>An error may be heard before {@link OpenConnection} is in its owner's hands.
 * </ol>
 */
public interface ConnectionEvents {
    /** The connection is gone for good. The link still has to be closed. */
    void lost(IOException cause);

    /** The server's {@code -ERR} text, such as {@code Permissions Violation for Publish to "orders"}. */
    void serverError(String text);

    /** An error in the client, such as one that a message handler threw. */
    void clientError(Exception error);

    /** The server is about to go; another one should be connected to. */
    void lameDuck();

    /** Servers that may be given to the next {@link NatsConnector#connect}: all that are known now. */
    void discovered(List<String> servers);
}
