package io.jetsink.task;

import static io.jetsink.task.OversizeRig.MB;
import static io.jetsink.task.OversizeRig.SOON;
import static io.jetsink.task.OversizeRig.chunks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code oversize=object-store} against real servers: large records between small ones. */
class OversizeIT {
    private static NatsServer nats;

    private OversizeRig rig;

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
        rig = new OversizeRig(nats);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "best-effort", "exactly-once"})
    void largeRecordsStayBetweenTheirNeighbours(String mode) throws Exception {
        FakeWorker worker = rig.begin(mode, Map.of());
        rig.feed(worker, 20, 10);
        rig.feed(worker, 1, 3 * MB);
        rig.feed(worker, 20, 10);
        rig.feed(worker, 1, 20 * MB);
        rig.feed(worker, 1, 2 * MB);
        rig.feed(worker, 20, 10);
        worker.drain();

        rig.report(worker.consumed()).assertClean();
        assertThat(rig.objects()).hasSize(3);
    }

    @Test
    void thePointerTellsWhereAndWhatItIs() throws Exception {
        FakeWorker worker = rig.begin("async", Map.of("name", "a/b", "topics", "in.eu"));
        rig.feed(worker, 1, 10);
        rig.feed(worker, 1, 3 * MB);
        worker.drain();

        try (Connection connection = nats.connect()) {
            ObjectInfo info = connection.objectStore(rig.name).getInfo("a%2Fb/in%2Eeu/0/1");
            Headers headers =
                    connection.jetStreamManagement().getMessage(rig.name, 2).getHeaders();
            assertThat(headers.getFirst("Jetsink-Object-Bucket")).isEqualTo(rig.name);
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
            // One for both, which keeps their order.
            connection
                    .createDispatcher(message -> seen.add(message.getSubject()))
                    .subscribe("$O." + rig.name + ".>")
                    .subscribe(rig.name);
            connection.flush(SOON);
            FakeWorker worker = rig.begin("fast", Map.of("preflight", "off"));
            rig.feed(worker, 1, 20 * MB);
            worker.drain();
            Awaitility.await().atMost(SOON).until(() -> seen.contains(rig.name));
        }

        List<String> order = List.copyOf(seen);
        assertThat(order.indexOf(rig.name)).isEqualTo(chunks(20 * MB) + 1);
        assertThat(order.get(chunks(20 * MB))).startsWith("$O." + rig.name + ".M.");
    }

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void theStreamsOwnLimitCountsOnEveryVersion(NatsBinary version) throws Exception {
        try (NatsServer server = NatsServer.builder().version(version).start();
                Connection connection = server.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(rig.name)
                            .subjects(rig.name)
                            .maximumMessageSize(1_000)
                            .build());
            connection
                    .objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder(rig.name).build());
            FakeWorker worker = rig.begin("async", Map.of("nats.servers", server.url()));
            rig.feed(worker, 1, 1_000);
            rig.feed(worker, 1, 1_001);
            worker.drain();

            assertThat(connection.objectStore(rig.name).getList())
                    .extracting(ObjectInfo::getObjectName)
                    .containsExactly(rig.name + "/" + rig.name + "/0/1");
            assertThat(worker.rejected).isEmpty();
        }
    }

    @Test
    void aFullObjectStoreIsAnOutage() throws Exception {
        FakeWorker worker = rig.begin("async", Map.of());
        try (Logged logged = Logged.begin()) {
            rig.limit("OBJ_" + rig.name, -1, 2 * MB);
            rig.feed(worker, 1, 10);
            rig.feed(worker, 1, 3 * MB);
            worker.until(
                    "the store to fill",
                    SOON,
                    () -> !logged.lines("maximum bytes exceeded").isEmpty());

            assertThat(logged.lines("no working link").get(0))
                    .contains("the object store " + rig.name + " (stream OBJ_" + rig.name + ") has refused object "
                            + rig.name + "/" + rig.name + "/0/1: maximum bytes exceeded [10077]");
        }
        assertThat(worker.committable()).isEqualTo(1);
        rig.limit("OBJ_" + rig.name, -1, -1);
        worker.drain();

        assertThat(worker.rejected).isEmpty();
        rig.report(worker.consumed()).assertClean();
        assertThat(rig.storeMessages()).isEqualTo(chunks(3 * MB) + 1);
    }

    @Test
    void aBucketHoldsPointersToo() throws Exception {
        FakeWorker worker = rig.begin(
                "exactly-once",
                Map.of(
                        "target",
                        "kv",
                        "kv.bucket",
                        rig.name,
                        "kv.bucket.create",
                        "true",
                        "jetstream.stream",
                        "",
                        "subject",
                        ""));
        worker.offer("k", rig.value(0, 10));
        worker.offer("big", rig.value(1, 3 * MB));
        worker.offer("k", null);
        worker.drain();

        try (Connection connection = nats.connect()) {
            assertThat(connection.keyValue(rig.name).keys("*")).containsExactly("big");
            Headers headers = connection
                    .jetStreamManagement()
                    .getLastMessage("KV_" + rig.name, "$KV." + rig.name + ".big")
                    .getHeaders();
            assertThat(OversizeRig.object(headers, connection.objectStore(rig.name)))
                    .hasSize(3 * MB);
        }
    }

    @Test
    void anObjectStoreThatIsMissingOrUnfitIsRefused() throws Exception {
        assertThat(refusal(Map.of("oversize.bucket", "nothing")))
                .isEqualTo("oversize=object-store: there is no object store nothing: create it with nats object add"
                        + " nothing, or correct oversize.bucket");
        try (Connection connection = nats.connect()) {
            connection.objectStore(rig.name).seal();
        }
        assertThat(refusal(Map.of()))
                .isEqualTo("oversize=object-store: stream OBJ_" + rig.name
                        + " is sealed and accepts no messages: set oversize.bucket to another object store");
    }

    private String refusal(Map<String, String> more) {
        FakeWorker worker = rig.begin(Impatient.task(), "async", more);
        worker.offer("k", "v");
        String[] said = new String[1];
        assertThatThrownBy(() -> worker.until("a refusal", SOON, () -> false))
                .isInstanceOf(ConnectException.class)
                .satisfies(refused -> said[0] = refused.getMessage());
        return said[0];
    }
}
