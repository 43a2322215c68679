package io.jetsink.support.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StreamCheckerIT {
    private static final int MANY = 200_000;
    /** More than the checker has on its way at once. */
    private static final int SOME = 20_000;

    private static NatsServer server;
    private static Connection connection;

    @BeforeAll
    static void startServer() throws Exception {
        server = NatsServer.start();
        connection = server.connect();
    }

    @AfterAll
    static void stopServer() throws Exception {
        connection.close();
        server.close();
    }

    @BeforeEach
    void emptyStream() throws Exception {
        var management = connection.jetStreamManagement();
        if (management.getStreamNames().contains("S")) {
            management.deleteStream("S");
        }
        management.addStream(
                StreamConfiguration.builder().name("S").subjects("s").build());
    }

    @Test
    void readsAnEmptyStream() {
        assertThat(StreamChecker.read(connection, "S").report(List.of(1L)).lost())
                .isEqualTo(1);
    }

    @Test
    void catchesLossCopiesDisorderAndForeignersInAStream() throws Exception {
        for (String value : List.of("0:0:x", "1:0:x", "1:2:x", "1:1:x", "0:0:x", "hello", "0:2:x")) {
            connection.jetStream().publish("s", value.getBytes(StandardCharsets.US_ASCII));
        }

        StreamReport report = StreamChecker.read(connection, "S").report(List.of(3L, 3L));

        assertThat(report)
                .isEqualTo(new StreamReport(
                        List.of(
                                new StreamReport.Partition(0, 3, 1, 1, 1, 5, 0, StreamReport.NONE),
                                new StreamReport.Partition(1, 3, 0, StreamReport.NONE, 0, StreamReport.NONE, 1, 4)),
                        1,
                        6,
                        7));
    }

    @Test
    void readsOnWhereMessagesWereDeletedAlsoAtTheEnd() throws Exception {
        for (int i = 0; i < 4; i++) {
            connection.jetStream().publish("s", ("0:" + i + ":").getBytes(StandardCharsets.US_ASCII));
        }
        connection.jetStreamManagement().deleteMessage("S", 2);
        connection.jetStreamManagement().deleteMessage("S", 4);

        StreamReport report = StreamChecker.read(connection, "S").report(List.of(4L));

        assertThat(report.delivered()).isEqualTo(2);
        assertThat(report.lost()).isEqualTo(2);
    }

    @Test
    void readsAFullStreamWithoutLossOfItsOwn() throws Exception {
        publish(MANY);

        long begin = System.nanoTime();
        StreamTally tally = StreamChecker.read(connection, "S");

        tally.assertClean(List.of((long) MANY));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(tally.entries()).isSortedAccordingTo(Comparator.comparing(StreamEntry::streamSequence));
    }

    /** As after an election: the server has lost it, and jnats makes no other. */
    @Test
    void readsOnWhenItsConsumerIsGone() throws Exception {
        publish(SOME);
        AtomicBoolean gone = new AtomicBoolean();

        StreamTally tally = StreamChecker.read(connection, "S", message -> {
            if (gone.compareAndSet(false, true)) {
                deleteConsumers();
            }
            return StreamChecker.position(message.getData());
        });

        assertThat(gone).isTrue();
        tally.assertClean(List.of((long) SOME));
    }

    private void deleteConsumers() {
        try {
            for (String name : connection.jetStreamManagement().getConsumerNames("S")) {
                connection.jetStreamManagement().deleteConsumer("S", name);
            }
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish(int messages) throws Exception {
        List<CompletableFuture<PublishAck>> window = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            window.add(connection.jetStream().publishAsync("s", ("0:" + i + ":").getBytes(StandardCharsets.US_ASCII)));
            if (window.size() == 1_000) {
                for (CompletableFuture<PublishAck> ack : window) {
                    ack.get(30, TimeUnit.SECONDS);
                }
                window.clear();
            }
        }
    }
}
