package io.jetsink.nats.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.NatsMessage;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Requests that a stream without a leader leaves unanswered. */
class ApiRequestTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Message REPLY =
            NatsMessage.builder().subject("reply").data("{}").build();

    private final List<CompletableFuture<Message>> sent = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean full;

    @Test
    void repeatsARequestWithoutAReply() {
        CompletableFuture<Message> reply = ApiRequest.send(connection(), "api", null, LONG);
        Awaitility.await().until(() -> sent.size() == 2);

        sent.get(1).complete(REPLY);

        assertThat(reply).isCompletedWithValue(REPLY);
    }

    @Test
    void acceptsALateReplyToAnEarlierRequest() {
        CompletableFuture<Message> reply = ApiRequest.send(connection(), "api", null, LONG);
        Awaitility.await().until(() -> sent.size() == 3);

        sent.get(0).complete(REPLY);

        assertThat(reply).isCompletedWithValue(REPLY);
    }

    /** A full queue of the connection is no answer to what was sent before. */
    @Test
    void awaitsTheFirstReplyIfTheRequestCannotBeRepeated() {
        CompletableFuture<Message> reply = ApiRequest.send(connection(), "api", null, LONG);
        full = true;
        Awaitility.await().until(() -> refused.get() == 1);
        assertThat(reply).isNotDone();

        sent.get(0).complete(REPLY);

        assertThat(reply).isCompletedWithValue(REPLY);
    }

    @Test
    void failsWithoutAReplyInTime() {
        CompletableFuture<Message> reply = ApiRequest.send(connection(), "api", null, Duration.ofMillis(10));

        assertThat(reply).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void failsAtOnceIfNoServerOffersTheApi() {
        CompletableFuture<Message> reply = ApiRequest.send(connection(), "api", null, LONG);

        sent.get(0).cancel(true);

        assertThat(reply).isCompletedExceptionally();
    }

    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("requestWithTimeout");
                    if (full) {
                        refused.incrementAndGet();
                        throw new IllegalStateException("Output queue is full");
                    }
                    sent.add(new CompletableFuture<>());
                    return sent.get(sent.size() - 1);
                });
    }
}
