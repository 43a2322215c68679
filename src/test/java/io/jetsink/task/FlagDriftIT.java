package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.support.nats.Buckets;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Another tool updates the stream without a flag that the tool does not know: the update request has the whole configuration
 * of the stream except the flag.
 */
class FlagDriftIT {
    private static final String WAITS = "the task waits for the flag, which another tool has probably switched off";
    private static final Duration MINUTE = Duration.ofSeconds(61);
    private static final int POLL = 200;

    @RegisterExtension
    final FastRig rig = new FastRig();

    /** Nanoseconds by which the clock of the link is ahead. */
    private final AtomicLong ahead = new AtomicLong();

    private FakeWorker worker;

    @Test
    void autoFallsBackAndReturns() throws Exception {
        rig.single();
        drift(1);

        rig.report().assertClean();
        assertThat(rig.modes()).containsExactly("fast-ingest", "asynchronous", "fast-ingest");
        assertThat(rig.logged.lines("WARN "))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(
                                "[JS-6003] orders: stream orders has lost allow_batched, probably because another tool")
                        .endsWith("run nats stream edit orders --allow-fast"));
    }

    /** A cluster may lose messages before it refuses one, so those behind the last ack are sent twice. */
    @Tag("faults")
    @Test
    void autoFallsBackAndReturnsEachTimeInACluster() throws Exception {
        rig.clustered(3);
        drift(5);

        rig.report().assertOrderedAtLeastOnce();
        assertThat(rig.logged.lines("has lost allow_batched")).hasSize(5);
    }

    private void drift(int times) throws Exception {
        rig.impatient().with("mode", "auto");
        worker = rig.start();
        rig.feedDuring(() -> {
            rig.awaitMoreStored();
            for (int i = 0; i < times; i++) {
                update("allow_batched", false);
                awaitMode(2);
                rig.awaitMoreStored();
                update("allow_batched", true);
                awaitMode(3);
                rig.awaitMoreStored();
            }
            return null;
        });
        worker.drain();
    }

    @ParameterizedTest
    @CsvSource({
        "fast,         allow_batched,     --allow-fast",
        "exactly-once, allow_atomic,      --allow-batch",
        "exactly-once, allow_rollup_hdrs, --allow-rollup",
    })
    void aTaskThatHasPublishedWaitsForTheFlag(String mode, String flag, String command) throws Exception {
        serveAnyMode();
        worker = rig.start("mode", mode).settle(5 * POLL);

        update(flag, false);
        worker.offer(POLL);
        assertThat(rig.untilLogged(WAITS)).startsWith("WARN [JS-");
        outlastsTheGrace(command);
        update(flag, true);
        worker.settle(POLL);

        rig.report().assertClean();
        assertThat(worker.rejected).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"async, start", "async, off", "auto, start"})
    void aPurgeWaitsForTheFlag(String mode, String preflight) throws Exception {
        serveAnyMode();
        String bucket = "drift-" + mode + "-" + preflight;
        rig.create(rig.stream("$KV." + bucket + ".>")
                .name("KV_" + bucket)
                .maxMessagesPerSubject(5)
                .allowBatched()
                .allowRollup(true));
        rig.with("target", "kv", "kv.bucket", bucket, "tombstones", "purge", "jetstream.stream", "");
        worker = rig.start("mode", mode, "preflight", preflight);
        worker.offer("a", "1");
        worker.offer("b", "2");
        worker.drain();

        update("KV_" + bucket, "allow_rollup_hdrs", false);
        worker.collect("a", null);
        worker.collect("a", "3");
        worker.offer("a", null);
        worker.offer("b", "4");
        assertThat(rig.untilLogged(WAITS)).startsWith("WARN [JS-");
        outlastsTheGrace("--allow-rollup");
        update("KV_" + bucket, "allow_rollup_hdrs", true);
        worker.drain();

        try (Connection connection = rig.connect()) {
            assertThat(Buckets.history(connection, bucket, "a")).containsExactly("PURGE");
            // With async, messages behind a failed one are sent again.
            assertThat(Set.copyOf(Buckets.history(connection, bucket, "b")))
                    .containsExactlyInAnyOrder("PUT 2", "PUT 4");
            assertThat(connection.keyValue(bucket).get("b").getValueAsString()).isEqualTo("4");
        }
        assertThat(worker.rejected).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "fast,         allow_batched,     --allow-fast",
        "exactly-once, allow_atomic,      --allow-batch",
        "exactly-once, allow_rollup_hdrs, --allow-rollup",
    })
    void aTaskThatStartsWithoutTheFlagFails(String mode, String flag, String command) throws Exception {
        serveAnyMode();
        update(flag, false);

        assertThat(rig.refusal("mode", mode)).contains(command);
    }

    private void serveAnyMode() {
        rig.serve("");
        rig.create(rig.anyMode());
        rig.clock(() -> System.nanoTime() + ahead.get());
        rig.with("nats.reconnect.backoff.max.ms", "100");
    }

    /** A misconfiguration fails the task when two attempts a minute apart have failed with it. */
    private void outlastsTheGrace(String command) {
        for (int i = 0; i < 3; i++) {
            int before = rig.logged.lines(WAITS).size();
            ahead.addAndGet(MINUTE.toNanos());
            worker.until(
                    "a reminder",
                    TaskRig.PATIENCE,
                    () -> rig.logged.lines(WAITS).size() > before);
        }
        List<String> lines = rig.logged.lines(WAITS);
        assertThat(lines.get(lines.size() - 1)).contains(command);
    }

    private void awaitMode(long mode) {
        Awaitility.await("mode " + mode)
                .atMost(TaskRig.PATIENCE)
                .until(() -> worker.metric("nats-mode").longValue() == mode);
    }

    private void update(String flag, boolean allowed) throws Exception {
        update(rig.name, flag, allowed);
    }

    private void update(String stream, String flag, boolean allowed) throws Exception {
        ObjectMapper json = new ObjectMapper();
        try (Connection connection = rig.connect()) {
            Message info = connection.request("$JS.API.STREAM.INFO." + stream, null, TaskRig.PATIENCE);
            ObjectNode config = (ObjectNode) json.readTree(info.getData()).get("config");
            config.remove(flag);
            if (allowed) {
                config.put(flag, true);
            }
            byte[] request = json.writeValueAsBytes(config);
            Message updated = connection.request("$JS.API.STREAM.UPDATE." + stream, request, TaskRig.PATIENCE);
            assertThat(json.readTree(updated.getData()).get("config").path(flag).asBoolean())
                    .as(flag)
                    .isEqualTo(allowed);
        }
    }
}
