package io.jetsink.bench;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.MessageInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A broker, a nats-server and one Connect worker with the packaged plugin, as processes, and a topic of one partition that
 * is full before anything is measured. They stay for all runs, so that the worker's JVM is warm; each run has a connector,
 * and thereby a consumer group, and a stream of its own.
 */
final class BenchRig implements AutoCloseable {
    private static final String TOPIC = "bench";
    private static final Duration LONGEST_RUN = Duration.ofMinutes(10);
    private static final Duration STILL = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(20);

    private final BenchSettings settings;
    private final Bridge bridge;
    private final Connection connection;
    private final JetStreamManagement streams;

    private BenchRig(BenchSettings settings, Bridge bridge, Connection connection) throws IOException {
        this.settings = settings;
        this.bridge = bridge;
        this.connection = connection;
        this.streams = connection.jetStreamManagement();
    }

    static BenchRig start(BenchSettings settings) throws IOException, InterruptedException {
        Bridge bridge = Bridge.start(1, worker -> worker.heap("1g").forThroughput());
        try {
            BenchRig rig = new BenchRig(settings, bridge, bridge.nats().connect());
            rig.fill();
            return rig;
        } catch (IOException | InterruptedException | RuntimeException e) {
            bridge.close();
            throw e;
        }
    }

    String natsVersion() {
        return connection.getServerInfo().getVersion();
    }

    Measurement measure(Arm arm, int round) throws Exception {
        String name = arm.name() + (round < 1 ? "-warm-up" + -round : "-" + round);
        int records = arm.records(settings.records());
        bridge.createStream(name);
        bridge.rest().create(name, config(arm, name));
        // CPU time counts from the first message on, so that making and starting the task is left out.
        Sample first = awaitStored(name, 1);
        Sample last = awaitStored(name, records);
        Duration time = Duration.between(
                message(name, 1).getTime(), lastMessage(name, records).getTime());
        bridge.rest().stop(name);
        bridge.rest().delete(name);
        streams.deleteStream(name);
        CpuTime used = last.cpu.minus(first.cpu);
        double moved = Math.max(1, last.stored - first.stored);
        return new Measurement(
                arm.name(),
                round,
                records,
                time.toNanos() / 1e9,
                used.worker() / moved,
                used.all() / moved,
                used.otherCores());
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
        bridge.close();
    }

    private void fill() {
        bridge.kafka().createTopic(TOPIC, 1);
        try (LoadProducer load =
                bridge.load(TOPIC, 1).valueBytes(settings.valueBytes()).build()) {
            load.produce(settings.records());
        }
    }

    private Map<String, String> config(Arm arm, String name) {
        Map<String, String> config = new HashMap<>(bridge.config(name, 1));
        config.put("topics", TOPIC);
        config.putAll(settings.config());
        config.putAll(arm.config());
        return config;
    }

    private Sample awaitStored(String name, long records) {
        Progress progress = new Progress(name);
        long stored = Awaitility.await(records + " messages in stream " + name)
                .atMost(LONGEST_RUN)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .failFast("the task failed", progress::isOver)
                .until(() -> progress.update(stored(name)), count -> count >= records);
        return new Sample(stored, CpuTime.now(bridge.connect().worker(0).pid()));
    }

    private long stored(String name) throws IOException, JetStreamApiException {
        return streams.getStreamInfo(name).getStreamState().getMsgCount();
    }

    private MessageInfo message(String stream, long sequence) throws IOException, JetStreamApiException {
        return streams.getMessage(stream, sequence);
    }

    /** A speed without all the records, each once and in order, would be the speed of something else. */
    private MessageInfo lastMessage(String stream, long records) throws IOException, JetStreamApiException {
        MessageInfo last = message(stream, records);
        String expected = "0:" + (records - 1) + ":";
        byte[] data = last.getData() == null ? new byte[0] : last.getData();
        String found = new String(data, 0, Math.min(data.length, expected.length()), StandardCharsets.US_ASCII);
        if (!found.equals(expected)) {
            throw new IllegalStateException("Message " + records + " of stream " + stream + " is not record "
                    + (records - 1) + ": something was lost, doubled or moved");
        }
        return last;
    }

    /** What had been used when so many messages were stored. */
    private record Sample(long stored, CpuTime cpu) {}

    /** Asks the worker how the task does only when nothing has moved for a while: asking costs its CPU. */
    private final class Progress {
        private final String name;
        private long stored;
        private long lastMove = System.nanoTime();

        Progress(String name) {
            this.name = name;
        }

        long update(long now) {
            if (now != stored) {
                stored = now;
                lastMove = System.nanoTime();
            }
            return now;
        }

        boolean isOver() {
            return System.nanoTime() - lastMove > STILL.toNanos()
                    && bridge.rest().status(name).failed();
        }
    }
}
