package io.jetsink.nats.stream;

import io.nats.client.Connection;
import io.nats.client.Message;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to JetStream's API that change nothing. Servers ignore a request for a stream that has no leader (nats-server 2.9
 * to 2.15), so a request without a reply is sent again: a new leader then answers soon, and not after a timeout.
 */
public final class ApiRequest {
    private static final Logger LOG = LoggerFactory.getLogger(ApiRequest.class);
    /** Time without a reply after which a request is repeated. */
    private static final Duration AGAIN = Duration.ofMillis(500);

    private ApiRequest() {}

    /**
     * Sends a request.
     *
     * @param timeout of the first reply to it
     * @return the first reply. Fails if there is none in time, or no server offers the API
     * @throws IllegalStateException if the connection accepts no request at the moment, or is closed
     */
    public static CompletableFuture<Message> send(
            Connection connection, String subject, byte @Nullable [] request, Duration timeout) {
        CompletableFuture<Message> reply =
                new CompletableFuture<Message>().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        send(connection, subject, request, timeout, reply);
        return reply;
    }

    private static void send(
            Connection connection,
            String subject,
            byte @Nullable [] request,
            Duration left,
            CompletableFuture<Message> reply) {
        connection.requestWithTimeout(subject, request, left).whenComplete((message, failure) -> {
            if (failure == null) {
                reply.complete(message);
            } else {
                reply.completeExceptionally(failure);
            }
        });
        Duration rest = left.minus(AGAIN);
        if (rest.compareTo(AGAIN) > 0) {
            CompletableFuture.delayedExecutor(AGAIN.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(() -> again(connection, subject, request, rest, reply));
        }
    }

    private static void again(
            Connection connection,
            String subject,
            byte @Nullable [] request,
            Duration left,
            CompletableFuture<Message> reply) {
        if (!reply.isDone()) {
            try {
                send(connection, subject, request, left, reply);
            } catch (IllegalStateException queueFullOrClosed) {
                // The requests before may still be answered. The end of a connection fails them.
                LOG.debug("a request to {} is not repeated", subject, queueFullOrClosed);
            }
        }
    }
}
