package io.jetsink.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.ReadListener;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscriptions whose messages are handled on the thread that reads the connection (ADR 0040): a dispatcher of the client
 * would have a thread of its own, to which each message is passed on. Handlers must not wait.
 */
public final class ReplyReader implements ReadListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyReader.class);

    private final Map<Subscription, Consumer<Message>> handlers = new ConcurrentHashMap<>();

    /** Returns the reader of a connection, which is the read listener of its options. */
    private static ReplyReader of(Connection connection) {
        if (connection.getOptions().getReadListener() instanceof ReplyReader reader) {
            return reader;
        }
        throw new IllegalArgumentException("the connection has no ReplyReader as its read listener");
    }

    /**
     * Subscribes to a subject on which nothing arrives before this method returns, such as a new inbox.
     *
     * @param handler called on the reading thread, for one message after the other
     * @throws IllegalStateException if the connection is closed
     */
    public static Subscription subscribe(Connection connection, String subject, Consumer<Message> handler) {
        ReplyReader reader = of(connection);
        Subscription subscription = connection.subscribe(subject);
        reader.handlers.put(subscription, handler);
        return subscription;
    }

    /** Ends a subscription of {@link #subscribe}. */
    public static void unsubscribe(Connection connection, Subscription subscription) {
        of(connection).handlers.remove(subscription);
        try {
            subscription.unsubscribe();
        } catch (IllegalStateException closed) {
            LOG.debug("a subscription has ended with its connection", closed);
        }
    }

    /** Called by the reading thread when the client has put the message into the queue of its subscription. */
    @Override
    public void message(String op, Message message) {
        Subscription subscription = message.getSubscription();
        Consumer<Message> handler = subscription == null ? null : handlers.get(subscription);
        if (handler == null) {
            return;
        }
        discard(subscription);
        try {
            handler.accept(message);
        } catch (Exception e) {
            report(message, e);
        } catch (Error e) {
            // An error would end the reading thread without an event.
            report(message, new IllegalStateException(e));
        }
    }

    /** Removes the message from the queue: otherwise the queue would grow, and the client would drop messages. */
    private static void discard(Subscription subscription) {
        try {
            subscription.nextMessage((Duration) null);
        } catch (IllegalStateException closed) {
            LOG.debug("a reply has arrived while its connection is closed", closed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void report(Message message, Exception failure) {
        Connection connection = message.getConnection();
        connection.getOptions().getErrorListener().exceptionOccurred(connection, failure);
    }
}
