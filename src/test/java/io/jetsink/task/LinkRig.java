package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jetsink.publish.GracePeriod;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** Tasks whose link is in sight, fed in this JVM, and streams on real servers: what the tests of the link have in common. */
final class LinkRig implements AutoCloseable {
    static final String STREAM = "orders";
    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Of a server's configuration: the one who looks after streams. */
    static final String ADMIN = "{ user: admin, password: admin }";

    /** The one started last. */
    LinkTask task;

    private final List<FakeWorker> started = new ArrayList<>();
    private final GracePeriod grace;
    private final LongSupplier clock;

    LinkRig() {
        this(GracePeriod.DEFAULT);
    }

    LinkRig(GracePeriod grace) {
        this(grace, System::nanoTime);
    }

    /** @param clock of the tasks' links, in nanoseconds that only go forward */
    LinkRig(GracePeriod grace, LongSupplier clock) {
        this.grace = grace;
        this.clock = clock;
    }

    @Override
    public void close() {
        started.forEach(FakeWorker::stop);
    }

    FakeWorker start(String url, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "link",
                "topics", STREAM,
                "nats.servers", url,
                "jetstream.stream", STREAM));
        config.putAll(more);
        task = new LinkTask(grace, clock);
        FakeWorker worker = new FakeWorker(STREAM, task);
        started.add(worker);
        worker.start(config);
        return worker;
    }

    static Map<String, String> asBridge() {
        return new HashMap<>(Map.of("nats.auth.username", "bridge", "nats.auth.password", "bridge"));
    }

    static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder().name(STREAM).subjects(STREAM);
    }

    static Connection connect(NatsServer nats) throws IOException, InterruptedException {
        return nats.connect(options -> options.userInfo("admin", "admin"));
    }

    static void create(NatsServer nats, StreamConfiguration.Builder stream) throws Exception {
        try (Connection connection = connect(nats)) {
            connection.jetStreamManagement().addStream(stream.build());
        }
    }

    static long stored(NatsServer nats) throws Exception {
        try (Connection connection = connect(nats)) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(STREAM)
                    .getStreamState()
                    .getMsgCount();
        }
    }

    static StreamReport report(NatsServer nats, FakeWorker worker) throws Exception {
        try (Connection connection = connect(nats)) {
            return StreamChecker.read(connection, STREAM).report(List.of(worker.consumed()));
        }
    }

    /** The numbers of the records in the stream, as they lie there. */
    static List<Long> sequences(NatsServer nats) throws Exception {
        try (Connection connection = connect(nats)) {
            return StreamChecker.read(connection, STREAM).entries().stream()
                    .map(entry -> entry.sequence())
                    .toList();
        }
    }

    /**
     * The numbers of the first copies, one request each. A consumer would need a leader of the cluster, which may be gone,
     * and may read a replica that lags.
     */
    static Set<Long> sequencesFromLeader(NatsServer leader) throws Exception {
        try (Connection connection = leader.connect()) {
            JetStreamManagement management = connection.jetStreamManagement();
            long last = management.getStreamInfo(STREAM).getStreamState().getLastSequence();
            Set<Long> numbers = new LinkedHashSet<>();
            for (long sequence = 1; sequence <= last; sequence++) {
                String value =
                        new String(management.getMessage(STREAM, sequence).getData(), US_ASCII);
                numbers.add(Long.parseLong(value.split(":", -1)[1]));
            }
            return numbers;
        }
    }

    /** The numbers of all records offered so far but for some, which have none in their value. */
    static List<Long> numbers(FakeWorker worker, int... without) {
        return IntStream.range(0, (int) worker.consumed())
                .filter(number -> IntStream.of(without).noneMatch(left -> left == number))
                .mapToObj(number -> (long) number)
                .toList();
    }
}
