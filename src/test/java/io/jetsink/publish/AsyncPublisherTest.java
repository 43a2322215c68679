package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.config.JetStreamSettings;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.NatsMessage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AsyncPublisherTest {
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
    private final Told told = new Told();
    private Exception refusal;
    private AsyncPublisher publisher;

    @BeforeEach
    void open() throws Exception {
        publisher = publisher(false, true);
    }

    @Test
    void tellsAcksInOrder() throws Exception {
        publish(10, 11, 12);
        ack(1);
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();

        ack(0);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 10", "settled 11");
    }

    @Test
    void isProvenByAnAckOnly() throws Exception {
        publish(0, 1);
        acks.get(0).completeExceptionally(Failures.noResponders());
        publisher.harvest(told);
        assertThat(publisher.isProven()).isFalse();
        assertThat(publisher.window()).isEqualTo(1);

        ack(1);
        publisher.harvest(told);

        assertThat(publisher.isProven()).isTrue();
        assertThat(publisher.window()).isEqualTo(4);
    }

    @Test
    void goesOnBehindAFailure() throws Exception {
        publish(0, 1);
        acks.get(0).completeExceptionally(Failures.noResponders());
        ack(1);

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("failed 0", "settled 1");
    }

    @Test
    void tellsAnAckOfWhatTheStreamHasAlready() throws Exception {
        publish(5);
        acks.get(0).complete(ack("ORDERS\",\"duplicate\": true,\"domain\":\"d"));

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("duplicate 5");
        // It is an ack as any other.
        assertThat(publisher.window()).isEqualTo(4);
    }

    @Test
    void believesInNoDuplicateOfAMessageWithoutAnId() throws Exception {
        publisher = publisher(false, false);
        publish(5);
        acks.get(0).complete(ack("ORDERS\",\"duplicate\": true,\"domain\":\"d"));

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("failed 5");
    }

    static List<Exception> whatIsSentAgain() {
        return List.of(
                Failures.noResponders(),
                Failures.async(Failures.refused(10077, "maximum bytes exceeded")),
                Failures.async(Failures.refused(10109, "invalid operation on sealed stream")));
    }

    @ParameterizedTest
    @MethodSource("whatIsSentAgain")
    void settlesNothingBehindAFailureWhereTheLastMessageCounts(Exception failure) throws Exception {
        publisher = publisher(true, true);
        publish(0, 1, 2);
        ack(0);
        acks.get(1).completeExceptionally(failure);
        ack(2);

        publisher.harvest(told);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 0", "failed 1");
    }

    @Test
    void goesOnBehindARejectedMessageWhereTheLastMessageCounts() throws Exception {
        publisher = publisher(true, true);
        publish(0, 1);
        acks.get(0).completeExceptionally(Failures.tooLarge());
        ack(1);

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("failed 0", "settled 1");
    }

    @Test
    void tellsAnAckOfAnotherStreamAsAFailure() throws Exception {
        publish(0);
        acks.get(0).complete(ack("OTHER"));

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("failed 0");
        assertThat(told.causes).singleElement().isInstanceOf(WrongStreamException.class);
    }

    @Test
    void leavesOutThePositionsThatWereNotPublished() throws Exception {
        publish(0, 1, 2, 3);
        for (int i = 0; i < 4; i++) {
            ack(i);
        }
        publisher.harvest(told);
        publish(6, 9);
        ack(4);
        ack(5);

        publisher.harvest(told);

        assertThat(told.lines).endsWith("settled 3", "settled 6", "settled 9").hasSize(6);
    }

    @Test
    void hasNothingToWaitForWhenAllIsTold() throws Exception {
        assertThat(publisher.await(5, LONG)).isFalse();
        publish(0);
        ack(0);
        publisher.harvest(told);

        assertThat(publisher.await(0, LONG)).isFalse();
    }

    @Test
    void returnsAtOnceWhenEverythingIsKnown() throws Exception {
        publish(0, 1);
        ack(0);
        ack(1);

        assertThat(publisher.await(1, LONG)).isTrue();
    }

    @Test
    void waitsForAnEarlierAckToo() throws Exception {
        publish(0, 1);
        ack(1);
        long before = System.nanoTime();

        assertThat(publisher.await(1, SHORT)).isTrue();

        assertThat(System.nanoTime() - before).as("nanoseconds").isGreaterThanOrEqualTo(SHORT);
    }

    @Test
    void offersAgainWhatTheQueueDidNotTake() throws Exception {
        refusal = new IllegalStateException("Output queue is full");
        assertThat(publisher.publish(0, message("a"))).isFalse();

        refusal = null;
        publish(0);
        ack(0);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 0");
    }

    @Test
    void rejectsWhatTheClientRefuses() {
        refusal = new IllegalArgumentException("Subject cannot contain spaces");

        assertThatThrownBy(() -> publisher.publish(0, message("a")))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessageContaining("subject");
    }

    @Test
    void rejectsWhatIsLargerThanTheServerTakes() {
        assertThatThrownBy(() -> publisher.publish(0, message("x".repeat(1001))))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessageContaining("1001 bytes")
                .hasMessageContaining("max_payload");
        assertThat(acks).isEmpty();
    }

    private void publish(long... positions) {
        for (long position : positions) {
            assertThat(publisher.publish(position, message("m"))).isTrue();
        }
    }

    private void ack(int nth) throws Exception {
        acks.get(nth).complete(ack("ORDERS"));
    }

    private static PublishAck ack(String stream) throws Exception {
        return new PublishAck(NatsMessage.builder()
                .subject("reply")
                .data("{\"stream\":\"" + stream + "\",\"seq\":1}")
                .build());
    }

    private static Publication message(String payload) {
        OutboundMessage message = new OutboundMessage("orders", null, payload.getBytes(StandardCharsets.UTF_8));
        return new Publication() {
            @Override
            public OutboundMessage message() {
                return message;
            }

            @Override
            public SinkRecord record() {
                throw new AssertionError("not asked for");
            }

            @Override
            public Partition partition() {
                throw new AssertionError("not asked for");
            }
        };
    }

    private AsyncPublisher publisher(boolean lastCounts, boolean identified) throws Exception {
        Connection connection = connection();
        StreamLookUp lookUp = new StreamLookUp(new JetStreamSettings(null, null, "ORDERS", null), List.of("orders"));
        return new AsyncPublisher(
                connection, "ORDERS", 4, lastCounts, identified, new Uncaptured(connection, lookUp));
    }

    private Connection connection() {
        JetStream jetStream = fake(JetStream.class, (proxy, method, arguments) -> {
            if (!method.getName().equals("publishAsync")) {
                throw new AssertionError("unexpected " + method);
            }
            if (refusal != null) {
                throw refusal;
            }
            acks.add(new CompletableFuture<>());
            return acks.get(acks.size() - 1);
        });
        return fake(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "jetStream" -> jetStream;
            case "getMaxPayload" -> 1000L;
            default -> throw new AssertionError("unexpected " + method);
        });
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
