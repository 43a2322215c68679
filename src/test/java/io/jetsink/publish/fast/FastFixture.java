package io.jetsink.publish.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.Pending;
import io.jetsink.publish.RefusalDiagnosis;
import io.jetsink.publish.StreamAdmission;
import io.jetsink.publish.Told;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fast-ingest publisher whose server a test plays, in time of its own. */
public final class FastFixture {
    static final int WINDOW = 8;
    static final int FLOW = 2;
    static final PublishSettings SETTINGS = settings(PublishMode.FAST);

    final FakeConnection nats = new FakeConnection();
    final LinkRate rate = new LinkRate(SETTINGS);
    private final Told outcomes = new Told();
    /** What the publisher told, in order. */
    final List<String> told = outcomes.lines;
    /** The acked messages of batches that the publisher reported, in order. */
    final List<String> batches = outcomes.batches;

    final List<Throwable> causes = outcomes.causes;
    FastPublisher publisher;
    /** What the task has learnt of the stream. */
    final CapturedSubjects captured = new CapturedSubjects(List.of("orders"), this::nanoTime);

    private long now;
    private final boolean subjectIsId;

    FastFixture() {
        this(false);
    }

    /** @param subjectIsId as with {@code message.id=subject} */
    FastFixture(boolean subjectIsId) {
        this.subjectIsId = subjectIsId;
        open(stream(), null);
    }

    /** The next epoch, over the same connection. */
    void open(StreamConfiguration.Builder stream, @Nullable FastBatch unbegun) {
        open(stream, null, unbegun);
    }

    /** The same of a stream in a domain; null: it is not known, and acks within a batch are believed. */
    void open(StreamConfiguration.Builder stream, @Nullable String domain, @Nullable FastBatch unbegun) {
        TargetStream target = new TargetStream("ORDERS", stream.build(), "$JS.API.");
        publisher = new FastPublisher(
                nats.connection(),
                target,
                new StreamAdmission(target, captured, false, subjectIsId, () -> 0),
                new AckSource("ORDERS", domain),
                new ForeignReplies("orders", this::nanoTime),
                SETTINGS,
                unbegun,
                rate,
                this::nanoTime);
    }

    static PublishSettings settings(PublishMode mode) {
        return new PublishSettings(DeliveryGuarantee.AT_LEAST_ONCE, mode, WINDOW, 1 << 20, Duration.ofSeconds(1), null);
    }

    public static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders")
                .maximumMessageSize(900)
                .allowBatched();
    }

    /** Of a stream that was never looked up. */
    public static RefusalDiagnosis refusals(Connection connection) {
        JetStreamSettings jetStream = new JetStreamSettings(null, null, "ORDERS", null);
        return new RefusalDiagnosis(connection, new CachedStreamLookup(jetStream, List.of("orders")), () -> 0);
    }

    static AsyncPublisher async(Connection connection) {
        return new AsyncPublisher(
                connection,
                new AckSource("ORDERS", null),
                new ForeignReplies("orders", System::nanoTime),
                refusals(connection),
                WINDOW,
                () -> WINDOW,
                false,
                System::nanoTime);
    }

    /** A batch that was sent from these positions, of which no answer came. */
    FastBatch lost(String id, long... positions) {
        FastBatch batch = new FastBatch("_INBOX.", id, WINDOW, FastBatch.newPositions(WINDOW), this::nanoTime);
        for (long position : positions) {
            batch.sent(position, "orders");
        }
        return batch;
    }

    long nanoTime() {
        return now;
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    /** Publishes and has the server take the first message. */
    void started(long... positions) {
        publish(positions[0]);
        start();
        for (int i = 1; i < positions.length; i++) {
            publish(positions[i]);
        }
    }

    void publish(long position) {
        assertThat(offer(position, "m")).isTrue();
    }

    boolean offer(long position, String payload) {
        return publisher.publish(position, Pending.of("orders", payload));
    }

    void start() {
        answer("{\"type\":\"ack\",\"seq\":0,\"msgs\":" + FLOW + "}");
    }

    void ack(long sequence) {
        answer("{\"type\":\"ack\",\"seq\":" + sequence + ",\"msgs\":" + FLOW + "}");
    }

    void end(long count) {
        answer("{\"stream\":\"ORDERS\",\"seq\":9,\"batch\":\"b\",\"count\":" + count + "}");
    }

    void error(String reply, int code) {
        nats.error(reply, code);
        harvest();
    }

    /** On the reply subject of the latest message. */
    void answer(String json) {
        nats.answer(nats.last().reply(), json);
        harvest();
    }

    void harvest() {
        publisher.harvest(outcomes);
    }

    /** What a cause told so far means. */
    FailureTriage.Verdict verdict(int nth) {
        return FailureTriage.verdictOf(causes.get(nth));
    }
}
