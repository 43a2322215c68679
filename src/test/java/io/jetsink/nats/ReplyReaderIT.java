package io.jetsink.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplyReaderIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Heard heard = new Heard();
    private NatsServer server;
    private OpenConnection link;

    @BeforeEach
    void connect() throws Exception {
        server = NatsServer.start();
        link = Settings.connector(Settings.plain(server.url())).connect(List.of(), () -> heard);
    }

    @AfterEach
    void close() {
        link.close();
        server.close();
    }

    @Test
    void handlesMoreMessagesThanASubscriptionKeepsOnTheReadingThread() throws Exception {
        long many = Consumer.DEFAULT_MAX_MESSAGES + 1;
        AtomicLong handled = new AtomicLong();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Subscription replies = ReplyReader.subscribe(link.connection(), "replies", message -> {
            threads.add(Thread.currentThread());
            // A message out of order is not counted, so that the number stays too low.
            handled.compareAndSet(Long.parseLong(new String(message.getData(), US_ASCII)), handled.get() + 1);
        });
        link.connection().flush(PATIENCE);

        try (Connection other = server.connect()) {
            for (long i = 0; i < many; i++) {
                other.publish("replies", Long.toString(i).getBytes(US_ASCII));
            }
            other.flush(PATIENCE);
        }

        await().atMost(PATIENCE).untilAtomic(handled, Matchers.is(many));
        assertThat(threads)
                .singleElement()
                .satisfies(thread -> assertThat(thread.getName()).startsWith("test-0-nats-"));
        assertThat(replies.getPendingMessageCount()).isZero();
        assertThat(heard.clientErrors).isEmpty();
    }

    @Test
    void goesOnAfterAnErrorOfAHandlerAndReportsIt() throws Exception {
        List<String> handled = new CopyOnWriteArrayList<>();
        ReplyReader.subscribe(link.connection(), "replies", message -> {
            handled.add(new String(message.getData(), US_ASCII));
            if (handled.size() == 1) {
                throw new StackOverflowError();
            }
        });
        link.connection().flush(PATIENCE);

        try (Connection other = server.connect()) {
            other.publish("replies", "first".getBytes(US_ASCII));
            other.publish("replies", "second".getBytes(US_ASCII));
            other.flush(PATIENCE);
        }

        await().atMost(PATIENCE).until(() -> handled.equals(List.of("first", "second")));
        assertThat(heard.clientErrors).singleElement().asString().contains("StackOverflowError");
    }

    @Test
    void handlesNothingAfterTheEndOfTheSubscription() throws Exception {
        List<String> handled = new CopyOnWriteArrayList<>();
        Connection connection = link.connection();
        Subscription ended = ReplyReader.subscribe(connection, "replies", message -> handled.add("ended"));
        ReplyReader.subscribe(connection, "replies", message -> handled.add("open"));
        ReplyReader.unsubscribe(connection, ended);
        connection.flush(PATIENCE);

        try (Connection other = server.connect()) {
            other.publish("replies", "first".getBytes(US_ASCII));
            other.flush(PATIENCE);
        }

        await().atMost(PATIENCE).until(() -> !handled.isEmpty());
        connection.flush(PATIENCE);
        assertThat(handled).containsExactly("open");
        link.close();
        ReplyReader.unsubscribe(connection, ended);
    }
}
