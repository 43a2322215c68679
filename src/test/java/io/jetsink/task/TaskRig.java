package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.TaskAccess;
import io.jetsink.publish.GracePeriod;
import io.jetsink.publish.ReconnectingSupervisor;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.nats.NatsTarget;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamReport;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tasks of the connector in this JVM, real nats-servers and streams: the set-up that tests of tasks share. One name is
 * stream, subject, topic and connector, unless a test sets another one.
 *
 * <p>As a field with {@code @RegisterExtension} the rig begins with each test and ends all that the test began.
 */
class TaskRig implements BeforeEachCallback, AfterEachCallback {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int MOST_BATCHES = 500;

    private static final ExtensionContext.Namespace SHARED = ExtensionContext.Namespace.create(TaskRig.class);

    enum Server {
        OWN,
        SHARED,
        NONE
    }

    final String name;

    /** What was logged from INFO on since the test began. */
    Logged logged;

    NatsServer nats;

    /** The worker that was started last, and its task. */
    FakeWorker worker;

    NatsJetStreamSinkTask task;

    private final Server server;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Map<String, String> defaults = new HashMap<>();
    private String extra = "";
    private String user = "";
    private GracePeriod grace = GracePeriod.DEFAULT;
    private LongSupplier clock = System::nanoTime;
    private FaultProxy proxy;

    TaskRig(String name) {
        this(name, Server.OWN);
    }

    TaskRig(String name, Server server) {
        this.name = name;
        this.server = server;
    }

    /** On the server of this JVM, which has no stream when a test begins. */
    static TaskRig shared(String name) {
        return new TaskRig(name, Server.SHARED);
    }

    /** Without a server: the test starts it with {@link #serve}. */
    static TaskRig unserved(String name) {
        return new TaskRig(name, Server.NONE);
    }

    /** Sets keys of all tasks. {@code mode} is a guarantee or a publish mode; an empty value removes the key. */
    TaskRig with(String... keysAndValues) {
        defaults.putAll(pairs(keysAndValues));
        return this;
    }

    /** Adds this to the configuration of the server. */
    TaskRig serverConfig(String text) {
        extra = text;
        return this;
    }

    /** The test itself connects as this user, whose password is the same word. */
    TaskRig as(String name) {
        user = name;
        return this;
    }

    /** The tasks fail from a misconfiguration within moments and not after a minute. */
    TaskRig impatient() {
        grace = TaskAccess.IMPATIENT;
        return this;
    }

    TaskRig clock(LongSupplier nanos) {
        clock = nanos;
        return this;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        logged = track(Logged.begin());
        switch (server) {
            case OWN -> serve(extra);
            case SHARED -> nats = shared(context);
            case NONE -> {}
        }
    }

    private static NatsServer shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(SHARED)
                .getOrComputeIfAbsent("server", key -> new Shared(NatsServer.start()), Shared.class)
                .server;
    }

    private record Shared(NatsServer server) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        if (server == Server.SHARED) {
            nats = shared(context);
            user = "";
            for (String stream : streams()) {
                ask(streams -> streams.deleteStream(stream));
            }
        }
    }

    /** Closes it after the test, before what was tracked earlier. */
    final <T extends AutoCloseable> T track(T resource) {
        opened.push(resource);
        return resource;
    }

    NatsServer serve(String config) {
        return serve(NatsServer.builder().config(config).start());
    }

    NatsServer serve(NatsBinary version) {
        return serve(NatsServer.builder().version(version).start());
    }

    NatsServer serve(NatsServer started) {
        nats = track(started);
        return nats;
    }

    /** A way to the server that can be cut, the same at each call. */
    FaultProxy proxy() {
        if (proxy == null) {
            proxy = track(FaultProxy.to(nats));
        }
        return proxy;
    }

    FakeWorker start(String... keysAndValues) {
        return start(pairs(keysAndValues));
    }

    FakeWorker start(Map<String, String> more) {
        return startAt(0, more);
    }

    FakeWorker startAt(long offset, String... keysAndValues) {
        return startAt(offset, pairs(keysAndValues));
    }

    FakeWorker startAt(long offset, Map<String, String> more) {
        Map<String, String> config = config(more);
        prepare(config.get("topics").split(",", -1)[0]).seek(offset);
        worker.start(config);
        return worker;
    }

    /** A worker that the test starts itself. */
    FakeWorker prepare(String topic) {
        task = TaskAccess.task(grace, clock);
        worker = new FakeWorker(topic, task);
        opened.push(worker::stop);
        return worker;
    }

    final Map<String, String> config(Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of("name", name, "topics", name, "jetstream.stream", name));
        config.put("nats.servers", nats == null ? "" : nats.url());
        config.putAll(defaults);
        config.putAll(more);
        String mode = config.remove("mode");
        if (mode != null) {
            boolean guarantee = mode.equals("exactly-once") || mode.equals("best-effort");
            config.put(guarantee ? "delivery.guarantee" : "publish.mode", mode);
        }
        config.values().removeIf(String::isEmpty);
        return config;
    }

    static Map<String, String> pairs(String... keysAndValues) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    /** Starts an impatient task and offers a record. @return what the task fails with */
    String refusal(String... keysAndValues) {
        return refusal(pairs(keysAndValues));
    }

    String refusal(Map<String, String> more) {
        GracePeriod before = grace;
        impatient();
        try {
            return start(more).failure(1);
        } finally {
            grace = before;
        }
    }

    final ReconnectingSupervisor link() {
        return TaskAccess.link(task);
    }

    /** Polls until the link has failed with this text. */
    void untilFailed(String text) {
        worker.until(
                "a failure with: " + text, PATIENCE, () -> link().lastFailure().contains(text));
    }

    void untilConnected() {
        worker.until("a connection", PATIENCE, () -> link().currentPublisher() != null);
    }

    /** Polls until a line with this text is logged. @return the first one */
    String untilLogged(String text) {
        worker.until(
                "the log to say: " + text, PATIENCE, () -> !logged.lines(text).isEmpty());
        return logged.lines(text).get(0);
    }

    /**
     * Settles batches of records until a line with this text is logged, which not every batch brings: a foreign answer that
     * comes after the ack is ignored without a line.
     */
    void settleUntilLogged(int batch, String text) {
        for (int i = 0; i < MOST_BATCHES && logged.lines(text).isEmpty(); i++) {
            worker.settle(batch);
        }
    }

    /** Polls for this time. */
    void pass(Duration time) {
        long begin = System.nanoTime();
        worker.until(time + " to pass", time.plus(PATIENCE), () -> System.nanoTime() - begin >= time.toNanos());
    }

    Connection connect() throws IOException, InterruptedException {
        return nats.connect(options -> user.isEmpty() ? options : options.userInfo(user, user));
    }

    /** A service that sends this to every message that has a reply subject. */
    Dispatcher service(String answer, String... subjects) throws Exception {
        Connection other = track(connect());
        Dispatcher service = other.createDispatcher(message -> {
            if (message.getReplyTo() != null) {
                other.publish(message.getReplyTo(), answer.getBytes(US_ASCII));
            }
        });
        service.setPendingLimits(-1, -1);
        for (String subject : subjects) {
            service.subscribe(subject);
        }
        other.flush(PATIENCE);
        return service;
    }

    final <T> T ask(NatsTarget.Question<T> question) {
        try (Connection connection = connect()) {
            return question.ask(connection.jetStreamManagement());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A stream of the rig's name with these subjects, or its name as the only one. */
    final StreamConfiguration.Builder stream(String... subjects) {
        return StreamConfiguration.builder().name(name).subjects(subjects.length == 0 ? new String[] {name} : subjects);
    }

    /** The same with the flags that all modes need, and the subjects of markers unless the test has its own. */
    final StreamConfiguration.Builder anyMode(String... subjects) {
        return stream(subjects.length == 0 ? new String[] {name, "jetsink.offsets.>"} : subjects)
                .allowBatched()
                .allowAtomicPublish()
                .allowRollup(true);
    }

    void create(StreamConfiguration.Builder stream) {
        ask(streams -> streams.addStream(stream.build()));
    }

    void update(StreamConfiguration.Builder stream) {
        ask(streams -> streams.updateStream(stream.build()));
    }

    List<String> streams() {
        return ask(streams -> streams.getStreamNames());
    }

    StreamConfiguration configuration() {
        return ask(streams -> streams.getStreamInfo(name).getConfiguration());
    }

    long stored() {
        return stored(name);
    }

    /** The number of messages in a stream, markers included. */
    long stored(String stream) {
        return ask(streams -> streams.getStreamInfo(stream).getStreamState().getMsgCount());
    }

    /** Waits until the stream has this many messages. */
    void awaitStored(long messages) {
        Awaitility.await(messages + " messages").atMost(PATIENCE).until(() -> stored() >= messages);
    }

    /** The records in the stream, without markers. */
    StreamTally tally() {
        try (Connection connection = connect()) {
            return StreamChecker.read(connection, name);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compares the stream with the records that the worker has offered. */
    StreamReport report() {
        return report(worker.consumed());
    }

    StreamReport report(long produced) {
        return tally().report(List.of(produced));
    }

    /** The numbers of the records in the stream, in its order. */
    List<Long> sequences() {
        return tally().entries().stream().map(StreamEntry::sequence).toList();
    }

    /** The same from the stream's leader, where the cluster may have no leader for a consumer. */
    List<Long> sequencesFromLeader(NatsServer leader) {
        return leader.messages(name).stream()
                .map(message -> Long.parseLong(new String(message.getData(), US_ASCII).split(":", -1)[1]))
                .toList();
    }

    /** The numbers of all records offered so far except some. */
    List<Long> numbers(Integer... without) {
        return LongStream.range(0, worker.consumed())
                .filter(number -> !List.of(without).contains((int) number))
                .boxed()
                .toList();
    }

    /** A record with a value of this size that {@link StreamChecker} reads. */
    final SinkRecord record(long number, int size) {
        byte[] head = ("0:" + number + ":").getBytes(US_ASCII);
        byte[] value = Arrays.copyOf(head, size);
        Arrays.fill(value, head.length, size, (byte) '.');
        return new SinkRecord(name, 0, null, null, null, value, number, number, TimestampType.CREATE_TIME);
    }
}
