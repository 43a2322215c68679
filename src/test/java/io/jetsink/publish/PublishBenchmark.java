package io.jetsink.publish;

import io.jetsink.bench.Payloads;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.ReplyReader;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.fast.FastPublisher;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One message into a fast-ingest batch that goes on and on, with its share of the acks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PublishBenchmark {
    private static final int WINDOW = 4096;
    private static final int SIZES = Payloads.SIZES;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<PendingRecord> publications = new ArrayList<>();
    private NatsServer server;
    private Connection connection;
    private FastPublisher publisher;
    private long sent;
    private long settled;

    @Setup
    public void start() throws Exception {
        Payloads payloads = new Payloads();
        for (int i = 0; i < SIZES; i++) {
            publications.add(Pending.of(
                    new OutboundMessage("bench.0", null, payloads.get(i)),
                    new AssignedPartition("task-0", new TopicPartition("bench", 0))));
        }
        server = NatsServer.start();
        connection = server.connect(
                options -> options.readListener(new ReplyReader()).maxMessagesInOutgoingQueue(2 * WINDOW));
        StreamConfiguration stream = connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("bench")
                        .subjects("bench.>")
                        .storageType(StorageType.Memory)
                        .maxMessages(20_000)
                        .allowBatched()
                        .build())
                .getConfiguration();
        TargetStream target = new TargetStream(stream.getName(), stream, "$JS.API.");
        PublishSettings settings =
                new PublishSettings(DeliveryGuarantee.AT_LEAST_ONCE, PublishMode.FAST, WINDOW, 1 << 25, PATIENCE, null);
        CapturedSubjects captured = new CapturedSubjects(List.of("bench.>"), System::nanoTime);
        publisher = new FastPublisher(
                connection,
                target,
                new StreamAdmission(target, captured, false, false, () -> 0),
                new AckSource(stream.getName(), ""),
                new ForeignReplies("bench", System::nanoTime),
                settings,
                null,
                new LinkRate(settings),
                System::nanoTime);
    }

    @TearDown
    public void stop() throws Exception {
        connection.close();
        server.close();
    }

    @Benchmark
    public void publish() throws InterruptedException {
        while (sent - settled >= publisher.window()
                || !publisher.publish(sent, publications.get((int) sent & SIZES - 1))) {
            publisher.await(sent - 1, PATIENCE.toNanos());
            publisher.harvest(new Settled());
        }
        sent++;
    }

    private final class Settled implements Publisher.Outcomes {
        @Override
        public void settled(long position) {
            settledThrough(position);
        }

        @Override
        public void duplicate(long position) {
            settledThrough(position);
        }

        @Override
        public void settledThrough(long position) {
            settled = Math.max(settled, position + 1);
        }

        @Override
        public void unsent(long position) {
            throw new AssertionError("position " + position + " is to be sent again");
        }

        @Override
        public void resumeAt(AssignedPartition partition, long offset) {
            throw new AssertionError(partition.id() + " is to be read again from offset " + offset);
        }

        @Override
        public void failed(long position, Throwable cause) {
            throw new IllegalStateException("message " + position + " was not stored", cause);
        }

        @Override
        public void epochFailed(Throwable cause) {
            throw new IllegalStateException("the epoch failed", cause);
        }
    }
}
