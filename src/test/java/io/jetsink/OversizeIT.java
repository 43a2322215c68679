package io.jetsink;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.NatsBinary;
import io.jetsink.support.NatsServer;
import io.jetsink.support.StreamChecker;
import io.jetsink.support.StreamPosition;
import io.jetsink.support.StreamReport;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code oversize=object-store} against real servers: large records between small ones, also through faults. */
class OversizeIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int MB = 1_000_000;
    private static final int CHUNK = 128 * 1024;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static NatsServer nats;

    private final String name = "large" + NAMES.incrementAndGet();
    private final Random random = new Random(4711);
    private final List<FakeWorker> started = new ArrayList<>();
    private FaultProxy proxy;

    @BeforeAll
    static void startServer() {
        nats = NatsServer.start();
    }

    @AfterAll
    static void stopServer() {
        nats.close();
    }

    @BeforeEach
    void start() throws Exception {
        proxy = FaultProxy.to(nats);
        try (Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(name)
                            .subjects(name, "jetsink.offsets." + name + ".>")
                            .allowAtomicPublish()
                            .allowBatched()
                            .allowRollup(true)
                            .build());
            connection
                    .objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder(name).build());
        }
    }

    @AfterEach
    void stop() {
        started.forEach(FakeWorker::stop);
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "best-effort", "exactly-once"})
    void largeRecordsStayBetweenTheirNeighbours(String mode) throws Exception {
        FakeWorker worker = begin(mode, Map.of());
        feed(worker, 20, 10);
        feed(worker, 1, 3 * MB);
        feed(worker, 20, 10);
        feed(worker, 1, 20 * MB);
        feed(worker, 1, 2 * MB);
        feed(worker, 20, 10);
        worker.drain();

        report(worker.consumed()).assertClean();
        assertThat(objects()).hasSize(3);
    }

    @Test
    void thePointerTellsWhereAndWhatItIs() throws Exception {
        FakeWorker worker = begin("async", Map.of("name", "a/b", "topics", "in.eu"));
        feed(worker, 1, 10);
        feed(worker, 1, 3 * MB);
        worker.drain();

        try (Connection connection = nats.connect()) {
            ObjectInfo info = connection.objectStore(name).getInfo("a%2Fb/in%2Eeu/0/1");
            Headers headers =
                    connection.jetStreamManagement().getMessage(name, 2).getHeaders();
            assertThat(headers.getFirst("Jetsink-Object-Bucket")).isEqualTo(name);
            assertThat(headers.getFirst("Jetsink-Object-Name")).isEqualTo(info.getObjectName());
            assertThat(headers.getFirst("Jetsink-Object-Size")).isEqualTo("3000000");
            assertThat(headers.getFirst("Jetsink-Object-Digest")).isEqualTo(info.getDigest());
            assertThat(info.getSize()).isEqualTo(3 * MB);
            assertThat(info.getChunks()).isEqualTo(23);
        }
    }

    @Test
    void nothingPointsToAnObjectBeforeItIsComplete() throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (Connection connection = nats.connect()) {
            for (String subject : List.of("$O." + name + ".>", name)) {
                connection
                        .createDispatcher(message -> seen.add(message.getSubject()))
                        .subscribe(subject);
            }
            connection.flush(SOON);
            FakeWorker worker = begin("fast", Map.of("preflight", "off"));
            feed(worker, 1, 20 * MB);
            worker.drain();
            Awaitility.await().atMost(SOON).until(() -> seen.contains(name));
        }

        List<String> order = List.copyOf(seen);
        assertThat(order.indexOf(name)).isEqualTo(chunks(20 * MB) + 1);
        assertThat(order.get(chunks(20 * MB))).startsWith("$O." + name + ".M.");
    }

    @Test
    void anUploadThatAKilledServerInterruptsIsDoneAgainAndLeavesNothing() throws Exception {
        interruptByKill("exactly-once");
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(strings = {"fast", "async", "sync"})
    void inEveryModeAnUploadThatAKilledServerInterruptsIsDoneAgain(String mode) throws Exception {
        interruptByKill(mode);
    }

    private void interruptByKill(String mode) throws Exception {
        FakeWorker worker = begin(mode, Map.of("nats.servers", proxy.url()));
        feed(worker, 100, 10);
        worker.drain();
        interruptUpload(worker);

        nats.kill9();
        proxy.reset();
        proxy.holdToServer(false);
        nats.restart();
        long interrupted = messages("OBJ_" + name);
        feed(worker, 100, 10);
        worker.drain();

        assertThat(interrupted).as("chunks of the first attempt").isBetween(1L, (long) chunks(20 * MB));
        report(worker.consumed()).assertClean();
        assertThat(objects()).hasSize(1);
        assertThat(messages("OBJ_" + name)).isEqualTo(chunks(20 * MB) + 1);
    }

    @Test
    void aBatchOfALostConnectionIsStillResumed() throws Exception {
        FakeWorker worker = begin("fast", Map.of("nats.servers", proxy.url(), "publish.ack.timeout.ms", "5000"));
        feed(worker, 1, 2 * MB);
        worker.drain();
        feed(worker, 50, 10);
        proxy.holdToClient(true);
        feed(worker, 300, 10);
        // Without a poll, which would end the batch.
        Awaitility.await("records to be stored").atMost(SOON).until(() -> messages(name) > 100);
        proxy.reset();
        proxy.holdToClient(false);
        worker.drain();

        report(worker.consumed()).assertClean();
    }

    @Test
    void aTaskThatStopsDuringAnUploadLeavesNoThread() throws Exception {
        FakeWorker worker = begin("fast", Map.of("nats.servers", proxy.url()));
        interruptUpload(worker);
        assertThat(threads()).isPositive();

        started.remove(worker);
        assertThat(worker.stop()).isLessThan(Duration.ofSeconds(1));

        Awaitility.await("the end of the connection's threads").atMost(SOON).until(() -> threads() == 0);
    }

    private long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name + "-nats-"))
                .count();
    }

    /** Begins a large record and lets the network stand still when some of it has reached the server. */
    private void interruptUpload(FakeWorker worker) throws Exception {
        AtomicInteger chunks = new AtomicInteger();
        try (Connection connection = nats.connect()) {
            connection
                    .createDispatcher(message -> {
                        if (chunks.incrementAndGet() == 20) {
                            proxy.holdToServer(true);
                        }
                    })
                    .subscribe("$O." + name + ".C.>");
            connection.flush(SOON);
            feed(worker, 1, 20 * MB);
            worker.until("an upload to be half done", SOON, () -> chunks.get() >= 20);
        }
    }

    @Test
    void whatALostConnectionDeliversLateIsRefused() throws Exception {
        Queue<Message> metas = new ConcurrentLinkedQueue<>();
        try (Connection connection = nats.connect()) {
            connection.createDispatcher(metas::add).subscribe("$O." + name + ".M.>");
            connection.flush(SOON);
            FakeWorker worker = begin("async", Map.of());
            feed(worker, 1, 3 * MB);
            worker.drain();
            Awaitility.await().atMost(SOON).until(() -> !metas.isEmpty());

            Message late = metas.element();
            assertThatThrownBy(() -> connection.jetStream().publish(late))
                    .isInstanceOf(JetStreamApiException.class)
                    .hasMessageContaining("wrong last sequence");
            report(worker.consumed()).assertClean();
        }
    }

    @Test
    void aReplayFindsItsObjects() throws Exception {
        FakeWorker worker = begin("fast", Map.of());
        feed(worker, 5, 10);
        feed(worker, 2, 3 * MB);
        worker.drain();
        List<String> before = ids();
        worker.reopen();
        worker.seek(0);
        random.setSeed(4711);
        feed(worker, 5, 10);
        feed(worker, 2, 3 * MB);
        worker.drain();

        assertThat(ids()).isEqualTo(before).hasSize(2);
        assertThat(messages("OBJ_" + name)).isEqualTo(2L * (chunks(3 * MB) + 1));
        assertThat(report(7).duplicated()).isEqualTo(7);
    }

    @Test
    void anotherRecordOfTheSameOffsetTakesThePlaceOfItsObject() throws Exception {
        FakeWorker worker = begin("fast", Map.of());
        feed(worker, 1, 3 * MB);
        worker.drain();
        List<String> before = ids();
        worker.reopen();
        worker.seek(0);
        feed(worker, 1, 2 * MB);
        worker.drain();

        assertThat(ids()).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(messages("OBJ_" + name)).isEqualTo(chunks(2 * MB) + 1);
    }

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void theStreamsOwnLimitCountsOnEveryVersion(NatsBinary version) throws Exception {
        try (NatsServer server = NatsServer.builder().version(version).start();
                Connection connection = server.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(name)
                            .subjects(name)
                            .maximumMessageSize(1_000)
                            .build());
            connection
                    .objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder(name).build());
            FakeWorker worker = begin("async", Map.of("nats.servers", server.url()));
            feed(worker, 1, 1_000);
            feed(worker, 1, 1_001);
            worker.drain();

            assertThat(connection.objectStore(name).getList())
                    .extracting(ObjectInfo::getObjectName)
                    .containsExactly(name + "/" + name + "/0/1");
            assertThat(worker.rejected).isEmpty();
        }
    }

    @Test
    void aFullObjectStoreIsAnOutage() throws Exception {
        try (Connection connection = nats.connect()) {
            StreamConfiguration.Builder store = StreamConfiguration.builder(connection
                    .jetStreamManagement()
                    .getStreamInfo("OBJ_" + name)
                    .getConfiguration());
            connection.jetStreamManagement().updateStream(store.maxBytes(2 * MB).build());
            FakeWorker worker = begin("async", Map.of());
            feed(worker, 1, 10);
            feed(worker, 1, 3 * MB);
            worker.until("the store to fill", SOON, () -> messages("OBJ_" + name) > 10);
            assertThat(worker.committable()).isEqualTo(1);
            connection.jetStreamManagement().updateStream(store.maxBytes(-1).build());
            worker.drain();

            assertThat(worker.rejected).isEmpty();
            report(worker.consumed()).assertClean();
        }
    }

    @Test
    void aBucketHoldsPointersToo() throws Exception {
        FakeWorker worker = begin(
                "exactly-once",
                Map.of("target", "kv", "kv.bucket", name, "kv.bucket.create", "true", "jetstream.stream", ""));
        worker.offer("k", value(0, 10));
        worker.offer("big", value(1, 3 * MB));
        worker.offer("k", null);
        worker.drain();

        try (Connection connection = nats.connect()) {
            assertThat(connection.keyValue(name).keys("*")).containsExactly("big");
            Headers headers = connection
                    .jetStreamManagement()
                    .getLastMessage("KV_" + name, "$KV." + name + ".big")
                    .getHeaders();
            ByteArrayOutputStream object = new ByteArrayOutputStream();
            connection.objectStore(name).get(headers.getFirst("Jetsink-Object-Name"), object);
            assertThat(object.size()).isEqualTo(3 * MB);
        }
    }

    @Test
    void anObjectStoreThatIsMissingOrUnfitIsRefused() throws Exception {
        assertThat(refusal(Map.of("oversize.bucket", "nothing")))
                .isEqualTo("oversize=object-store: there is no object store nothing: create it with nats object add"
                        + " nothing, or correct oversize.bucket");
        try (Connection connection = nats.connect()) {
            connection.objectStore(name).seal();
        }
        assertThat(refusal(Map.of())).isEqualTo("oversize=object-store: the object store " + name + " is sealed");
    }

    private String refusal(Map<String, String> more) {
        FakeWorker worker = begin("async", more);
        worker.offer("k", "v");
        String[] said = new String[1];
        assertThatThrownBy(() -> worker.until("a refusal", SOON, () -> false))
                .isInstanceOf(ConnectException.class)
                .satisfies(refused -> said[0] = refused.getMessage());
        return said[0];
    }

    private FakeWorker begin(String mode, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                name,
                "topics",
                name,
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                name,
                "subject",
                name,
                "oversize",
                "object-store",
                "oversize.bucket",
                name,
                "publish.ack.timeout.ms",
                "1000"));
        if (mode.equals("exactly-once") || mode.equals("best-effort")) {
            config.put("delivery.guarantee", mode);
        } else {
            config.put("publish.mode", mode);
        }
        config.putAll(more);
        config.values().removeIf(String::isEmpty);
        if (config.containsKey("target")) {
            config.remove("subject");
        }
        FakeWorker worker = new FakeWorker(config.get("topics"), new NatsJetStreamSinkTask());
        started.add(worker);
        worker.start(config);
        return worker;
    }

    /** So many records of this size, a poll each. */
    private void feed(FakeWorker worker, int records, int size) {
        for (int i = 0; i < records; i++) {
            worker.offer("k", value(worker.consumed(), size));
        }
    }

    /** As {@link StreamChecker} knows it, and then noise. */
    private String value(long offset, int size) {
        byte[] noise = new byte[1 + random.nextInt(10_000)];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) ('a' + random.nextInt(26));
        }
        byte[] value = new byte[size];
        for (int at = 0; at < size; at += noise.length) {
            System.arraycopy(noise, 0, value, at, Math.min(noise.length, size - at));
        }
        byte[] head = ("0:" + offset + ":").getBytes(US_ASCII);
        System.arraycopy(head, 0, value, 0, head.length);
        return new String(value, US_ASCII);
    }

    /** What the stream holds, each pointer as the object that it points to. */
    private StreamReport report(long produced) throws Exception {
        try (Connection connection = nats.connect()) {
            ObjectStore objects = connection.objectStore(name);
            return StreamChecker.read(connection, name, message -> position(message, objects))
                    .report(List.of(produced));
        }
    }

    private static StreamPosition position(Message message, ObjectStore objects) {
        byte[] value = message.getData();
        Headers headers = message.getHeaders();
        String object = headers == null ? null : headers.getFirst("Jetsink-Object-Name");
        if (object != null) {
            assertThat(value).isEmpty();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                // The client checks the digest.
                objects.get(object, bytes);
            } catch (Exception e) {
                throw new AssertionError("object " + object + " cannot be read", e);
            }
            value = bytes.toByteArray();
            assertThat(value).hasSize(Integer.parseInt(headers.getFirst("Jetsink-Object-Size")));
        }
        String[] head = new String(value, 0, Math.min(20, value.length), US_ASCII).split(":");
        return new StreamPosition(Integer.parseInt(head[0]), Long.parseLong(head[1]));
    }

    private List<ObjectInfo> objects() throws Exception {
        try (Connection connection = nats.connect()) {
            return connection.objectStore(name).getList();
        }
    }

    /** Ids of the chunks that objects are made of, which an upload makes anew. */
    private List<String> ids() throws Exception {
        return objects().stream().map(ObjectInfo::getNuid).sorted().toList();
    }

    private static int chunks(int size) {
        return (size + CHUNK - 1) / CHUNK;
    }

    private static long messages(String stream) {
        try (Connection connection = nats.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(stream)
                    .getStreamState()
                    .getMsgCount();
        } catch (Exception e) {
            throw new AssertionError(stream, e);
        }
    }
}
