package io.jetsink.task;

import static io.jetsink.task.OversizeRig.MB;
import static io.jetsink.task.OversizeRig.chunks;
import static io.jetsink.task.TaskRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsBinary;
import io.nats.client.Connection;
import io.nats.client.api.ObjectInfo;
import io.nats.client.impl.Headers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code oversize=object-store} against real servers: large records between small ones. */
class OversizeIT {
    @RegisterExtension
    final OversizeRig rig = new OversizeRig();

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "best-effort", "exactly-once"})
    void largeRecordsStayBetweenTheirNeighbours(String mode) throws Exception {
        FakeWorker worker = rig.start("mode", mode);
        rig.feed(worker, 20, 10);
        rig.feed(worker, 1, 3 * MB);
        rig.feed(worker, 20, 10);
        rig.feed(worker, 1, 20 * MB);
        rig.feed(worker, 1, 2 * MB);
        rig.feed(worker, 20, 10);
        worker.drain();

        rig.report().assertClean();
        assertThat(rig.objects()).hasSize(3);
    }

    @Test
    void thePointerTellsWhereAndWhatItIs() throws Exception {
        FakeWorker worker = rig.start("mode", "async", "name", "a/b", "topics", "in.eu");
        rig.feed(worker, 1, 10);
        rig.feed(worker, 1, 3 * MB);
        worker.drain();

        try (Connection connection = rig.connect()) {
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
        try (Connection connection = rig.connect()) {
            // One for both, which keeps their order.
            connection
                    .createDispatcher(message -> seen.add(message.getSubject()))
                    .subscribe("$O." + rig.name + ".>")
                    .subscribe(rig.name);
            connection.flush(PATIENCE);
            FakeWorker worker = rig.start("mode", "fast", "preflight", "off");
            rig.feed(worker, 1, 20 * MB);
            worker.drain();
            Awaitility.await().atMost(PATIENCE).until(() -> seen.contains(rig.name));
        }

        List<String> order = List.copyOf(seen);
        assertThat(order.indexOf(rig.name)).isEqualTo(chunks(20 * MB) + 1);
        assertThat(order.get(chunks(20 * MB))).startsWith("$O." + rig.name + ".M.");
    }

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void theStreamsOwnLimitCountsOnEveryVersion(NatsBinary version) throws Exception {
        rig.serve(version);
        rig.create(rig.stream().maximumMessageSize(1_000));
        rig.createStore();
        FakeWorker worker = rig.start("mode", "async");
        rig.feed(worker, 1, 1_000);
        rig.feed(worker, 1, 1_001);
        worker.drain();

        assertThat(rig.objects())
                .extracting(ObjectInfo::getObjectName)
                .containsExactly(rig.name + "/" + rig.name + "/0/1");
        assertThat(worker.rejected).isEmpty();
    }

    @Test
    void aFullObjectStoreIsAnOutage() throws Exception {
        FakeWorker worker = rig.start("mode", "async");
        rig.limit("OBJ_" + rig.name, -1, 2 * MB);
        rig.feed(worker, 1, 10);
        rig.feed(worker, 1, 3 * MB);
        rig.untilLogged("maximum bytes exceeded");

        assertThat(rig.logged.lines("no working link").get(0))
                .contains("the object store " + rig.name + " (stream OBJ_" + rig.name + ") has refused object "
                        + rig.name + "/" + rig.name + "/0/1: maximum bytes exceeded [10077]");
        assertThat(worker.committable()).isEqualTo(1);
        rig.limit("OBJ_" + rig.name, -1, -1);
        worker.drain();

        assertThat(worker.rejected).isEmpty();
        rig.report().assertClean();
        assertThat(rig.storeMessages()).isEqualTo(chunks(3 * MB) + 1);
    }

    @Test
    void aBucketHoldsPointersToo() throws Exception {
        FakeWorker worker = rig.start(
                "mode", "exactly-once",
                "target", "kv",
                "kv.bucket", rig.name,
                "kv.bucket.create", "true",
                "jetstream.stream", "",
                "subject", "");
        worker.offer("k", rig.value(0, 10));
        worker.offer("big", rig.value(1, 3 * MB));
        worker.offer("k", null);
        worker.drain();

        try (Connection connection = rig.connect()) {
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
        assertThat(refusal("oversize.bucket", "nothing"))
                .isEqualTo(
                        "[JS-4011] oversize=object-store: there is no object store nothing: create it with nats object add"
                                + " nothing, or correct oversize.bucket");
        try (Connection connection = rig.connect()) {
            connection.objectStore(rig.name).seal();
        }
        assertThat(refusal())
                .isEqualTo("[JS-4006] oversize=object-store: stream OBJ_" + rig.name
                        + " is sealed and accepts no messages: set oversize.bucket to another object store");
    }

    private String refusal(String... config) {
        FakeWorker worker = rig.impatient().with("mode", "async").start(config);
        return worker.failure(() -> worker.offer("k", "v"), PATIENCE);
    }
}
