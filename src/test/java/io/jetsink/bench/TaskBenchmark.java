package io.jetsink.bench;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.awaitility.Awaitility;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The whole connector, from {@code put} to the acks, per record and with all its threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TaskBenchmark {
    /** As {@code max.poll.records}. */
    private static final int POLL = 500;

    private static final TopicPartition PARTITION = new TopicPartition("bench", 0);

    @Param({"fast", "async"})
    private String mode;

    private final List<SinkRecord> records = new ArrayList<>();
    private NatsServer server;
    private NatsJetStreamSinkTask task;
    private boolean paused;

    @Setup
    public void start() throws Exception {
        server = NatsServer.start();
        try (Connection connection = server.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("bench")
                            .subjects("bench.>")
                            .storageType(StorageType.Memory)
                            .maxMessages(20_000)
                            .allowBatched()
                            .build());
        }
        Payloads payloads = new Payloads();
        for (int i = 0; i < POLL; i++) {
            records.add(new SinkRecord("bench", 0, null, null, null, payloads.get(i), i));
        }
        task = new NatsJetStreamSinkTask();
        task.initialize(context());
        task.start(Map.of(
                "name", "bench",
                "nats.servers", server.url(),
                "jetstream.stream", "bench",
                "subject", "bench.${partition}",
                "publish.mode", mode));
        task.open(Set.of(PARTITION));
        poll();
        Awaitility.await("the first poll").until(this::allIsStored);
    }

    @TearDown
    public void stop() {
        Awaitility.await("the last poll").atMost(Duration.ofSeconds(30)).until(this::allIsStored);
        task.stop();
        server.close();
    }

    /** One poll, for each record of it. */
    @Benchmark
    @OperationsPerInvocation(POLL)
    public void poll() {
        task.put(records);
        while (paused) {
            task.put(List.of());
        }
    }

    private boolean allIsStored() {
        task.put(List.of());
        Map<TopicPartition, OffsetAndMetadata> end = Map.of(PARTITION, new OffsetAndMetadata(POLL));
        return task.preCommit(end).equals(end);
    }

    private SinkTaskContext context() {
        return (SinkTaskContext) Proxy.newProxyInstance(
                SinkTaskContext.class.getClassLoader(),
                new Class<?>[] {SinkTaskContext.class},
                (context, method, arguments) -> {
                    switch (method.getName()) {
                        case "assignment" -> {
                            return Set.of(PARTITION);
                        }
                        case "pause" -> paused = true;
                        case "resume" -> paused = false;
                        default -> {
                            return null;
                        }
                    }
                    return null;
                });
    }
}
