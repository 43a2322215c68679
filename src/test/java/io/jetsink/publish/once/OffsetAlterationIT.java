package io.jetsink.publish.once;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.config.SinkConfig;
import io.jetsink.nats.ReplyReader;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Markers are moved by a server that fails, refuses, or is busy with another writer. */
class OffsetAlterationIT {
    private static final String STREAM = "ORDERS";
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final String MARKERS = "jetsink.offsets.bridge.orders.";
    private static final String SUBJECT = MARKERS + "0";
    private static final int PARTITIONS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private NatsServer nats;
    private Connection connection;
    private JetStreamManagement streams;

    @BeforeEach
    void start() throws Exception {
        nats = NatsServer.builder().config("""
                        authorization { users: [
                          { user: admin, password: admin }
                          { user: sink, password: sink }
                          { user: reader, password: reader, permissions: { publish: { deny: "jetsink.>" } } }
                        ] }
                        """).start();
        connect();
        streams.addStream(StreamConfiguration.builder()
                .name(STREAM)
                .subjects("orders.*", "jetsink.offsets.>")
                .allowAtomicPublish()
                .allowRollup(true)
                .build());
    }

    private void connect() throws Exception {
        connection = nats.connect(options -> options.userInfo("admin", "admin"));
        streams = connection.jetStreamManagement();
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        nats.close();
    }

    @Test
    void aMarkerMovesToTheOffsetBeforeTheNext() throws Exception {
        long before = mark(99);

        altering("sink").alter(Map.of(PARTITION, 40L));

        assertThat(marker().getSeq()).isEqualTo(before + 1);
        assertThat(header("Jetsink-Offset")).isEqualTo("39");
        assertThat(header("Jetsink-Timestamp")).isEqualTo("-1");
        assertThat(header("Jetsink-Timestamp-Type")).isEqualTo(TimestampType.NO_TIMESTAMP_TYPE.toString());
        assertThat(header("Jetsink-Owner")).isNotEqualTo("before").isNotEmpty();
        assertThat(messages()).isEqualTo(1);
    }

    @Test
    void offsetZeroAndAResetAreTheSame() throws Exception {
        for (Long next : new Long[] {0L, null}) {
            mark(99);
            Map<TopicPartition, Long> offsets = new HashMap<>();
            offsets.put(PARTITION, next);

            altering("sink").alter(offsets);

            assertThat(header("Jetsink-Offset")).isEqualTo("-1");
        }
    }

    @Test
    void aTaskThatHasOutlivedTheStopIsFenced() throws Exception {
        long claimed = mark(99);

        altering("sink").alter(Map.of(PARTITION, 100L));

        assertThatThrownBy(() -> connection.jetStream().publish(message(SUBJECT, 100, claimed)))
                .isInstanceOfSatisfying(
                        JetStreamApiException.class,
                        refused -> assertThat(refused.getApiErrorCode()).isEqualTo(10071));
    }

    @Test
    void partitionsWithoutAMarkerGetNone() throws Exception {
        mark(99);

        altering("sink").alter(Map.of(new TopicPartition("orders", 1), 40L, new TopicPartition("typo", 0), 40L));

        assertThat(messages()).isEqualTo(1);
        assertThat(header("Jetsink-Offset")).isEqualTo("99");
    }

    @Test
    void aStreamThatIsNotThereHasNoMarkers() throws Exception {
        streams.deleteStream(STREAM);

        altering("sink").alter(Map.of(PARTITION, 40L));
        altering("sink").alter(Map.of());

        assertThat(streams.getStreamNames()).isEmpty();
    }

    @Test
    void aResetOfEverythingLeavesOthersMarkersAlone() throws Exception {
        mark(99);
        connection.jetStream().publish("jetsink.offsets.bridge2.orders.0", new byte[0]);
        connection.jetStream().publish("orders.1", new byte[0]);

        altering("sink").alter(Map.of());

        assertThat(header("Jetsink-Offset")).isEqualTo("-1");
        assertThat(messages()).isEqualTo(3);
    }

    @Test
    void writersAtTheSameTimeBothGetThrough() throws Exception {
        mark(99);
        for (int round = 0; round < 10; round++) {
            CompletableFuture<Void> first =
                    CompletableFuture.runAsync(() -> altering("sink").alter(Map.of(PARTITION, 41L)));
            CompletableFuture<Void> second =
                    CompletableFuture.runAsync(() -> altering("sink").alter(Map.of(PARTITION, 42L)));

            CompletableFuture.allOf(first, second).get(10, TimeUnit.SECONDS);

            assertThat(header("Jetsink-Offset")).isIn("40", "41");
        }
        assertThat(marker().getSeq()).isEqualTo(21);
    }

    @Test
    void tasksOfAnotherGuaranteeThatStartTogetherResetAllMarkers() throws Exception {
        try (Logged logged = Logged.begin()) {
            for (int round = 0; round < 5; round++) {
                streams.purgeStream(STREAM);
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    connection.jetStream().publish(message(MARKERS + partition, 99, 0));
                }
                CompletableFuture.allOf(Stream.generate(() -> CompletableFuture.runAsync(this::reset))
                                .limit(4)
                                .toArray(CompletableFuture[]::new))
                        .get(10, TimeUnit.SECONDS);

                for (int partition = 0; partition < PARTITIONS; partition++) {
                    assertThat(header(MARKERS + partition, "Jetsink-Offset")).isEqualTo("-1");
                }
                // Each was replaced once, by one of the tasks.
                assertThat(streams.getStreamInfo(STREAM).getStreamState().getLastSequence())
                        .isEqualTo((round + 1L) * 2 * PARTITIONS);
            }
            assertThat(logged.lines("JS-6011")).isEmpty();
        }
    }

    /** Resets the markers as a task does when it opens a connection. */
    private void reset() {
        SinkConfig config = config("sink");
        CachedStreamLookup lookUp = new CachedStreamLookup(config.jetStream(), List.of("orders.*"));
        PublishStrategy publishers = opened -> {
            throw new IOException("markers are reset");
        };
        try (Connection own =
                nats.connect(options -> options.userInfo("sink", "sink").readListener(new ReplyReader()))) {
            lookUp.on(own);
            assertThatThrownBy(() -> new MarkerResetStrategy("bridge-0", config, publishers, lookUp).open(own))
                    .hasMessage("markers are reset");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aServerThatComesBackInTimeIsWaitedFor() throws Exception {
        mark(99);
        nats.kill9();
        CompletableFuture<Void> altering = CompletableFuture.runAsync(
                () -> new OffsetAlteration(config("sink"), List.of("orders.*"), Duration.ofSeconds(20))
                        .alter(Map.of(PARTITION, 40L)));

        nats.restart();
        altering.get(20, TimeUnit.SECONDS);

        connection.close();
        connect();
        assertThat(header("Jetsink-Offset")).isEqualTo("39");
    }

    @Test
    void aServerThatDoesNotComeBackIsGivenUpWithWhatToDo() throws Exception {
        mark(99);
        nats.kill9();

        assertThrown(ConnectException.class, () -> altering("sink").alter(Map.of(PARTITION, 40L)), "nats.servers")
                .hasMessageStartingWith("[JS-6012] the offsets of bridge are left as they were in Kafka")
                .hasMessageEndingWith("send the same request again before the connector is resumed")
                .hasMessageNotContaining("sink");

        nats.restart();
    }

    @Test
    void aMissingPermissionIsNamed() throws Exception {
        mark(99);

        assertThrown(ConnectException.class, () -> altering("reader").alter(Map.of(PARTITION, 40L)))
                .hasMessageContaining("Permissions Violation for Publish to \"" + SUBJECT + "\"");
        assertThat(header("Jetsink-Offset")).isEqualTo("99");
    }

    @Test
    void aMessageThatIsNoMarkerIsLeftAlone() throws Exception {
        connection.jetStream().publish(SUBJECT, new byte[] {1});

        assertThrown(ConnectException.class, () -> altering("sink").alter(Map.of(PARTITION, 40L)))
                .hasMessageContainingAll(SUBJECT, "exactly.once.marker.prefix");
        assertThat(messages()).isEqualTo(1);
    }

    @Test
    void aNegativeOffsetIsRefusedBeforeAnythingIsWritten() throws Exception {
        mark(99);
        Map<TopicPartition, Long> offsets = Map.of(PARTITION, 40L, new TopicPartition("orders", 1), -2L);

        assertThrown(ConnectException.class, () -> altering("sink").alter(offsets))
                .hasMessage("[JS-6012] orders-1 cannot be altered to offset -2: offsets begin at 0");
        assertThat(header("Jetsink-Offset")).isEqualTo("99");
    }

    private OffsetAlteration altering(String user) {
        return new OffsetAlteration(config(user), List.of("orders.*"), PATIENCE);
    }

    private SinkConfig config(String user) {
        return SinkConfig.parse(Map.of(
                "name",
                "bridge",
                "nats.servers",
                nats.url(),
                "nats.auth.username",
                user,
                "nats.auth.password",
                user,
                "jetstream.stream",
                STREAM,
                "delivery.guarantee",
                "exactly-once",
                "publish.ack.timeout.ms",
                "500"));
    }

    /** Writes a marker as a task does. @return its place in the stream */
    private long mark(long offset) throws Exception {
        long last = streams.getStreamInfo(STREAM).getStreamState().getLastSequence();
        return connection.jetStream().publish(message(SUBJECT, offset, last)).getSeqno();
    }

    private static Message message(String subject, long offset, long expected) {
        return NatsMessage.builder()
                .subject(subject)
                .headers(new OffsetMarker(0, offset, 1_000, TimestampType.CREATE_TIME, "before", "batch")
                        .headers(expected, false))
                .build();
    }

    private MessageInfo marker() throws Exception {
        return streams.getLastMessage(STREAM, SUBJECT);
    }

    private String header(String name) throws Exception {
        return header(SUBJECT, name);
    }

    private String header(String subject, String name) throws Exception {
        return streams.getLastMessage(STREAM, subject).getHeaders().getFirst(name);
    }

    private long messages() throws Exception {
        return streams.getStreamInfo(STREAM).getStreamState().getMsgCount();
    }
}
