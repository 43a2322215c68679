package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.Buckets;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsCluster;
import io.nats.client.Connection;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueManagement;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.Mirror;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code target=kv} against real servers: which buckets are taken and made, and what deletes, purges and repeats do. */
class BucketTargetIT {
    /** A stream that is made again at once may hold what the deleted one of its name held (nats-server 2.15.1). */
    private static final AtomicInteger BUCKETS = new AtomicInteger();

    private final String bucket = "prices" + BUCKETS.incrementAndGet();
    private final String stream = "KV_" + bucket;

    @RegisterExtension
    final TaskRig rig = TaskRig.shared(stream)
            .with("name", "prices-to.nats", "topics", "in.eu", "jetstream.stream", "")
            .with("target", "kv", "kv.bucket", bucket);

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void aBucketIsMadeAsTheClientsMakeIt(NatsBinary version) throws Exception {
        rig.serve(version);
        store(
                "publish.mode", "async",
                "kv.bucket.create", "true",
                "kv.bucket.history", "3",
                "kv.bucket.ttl.ms", "60000",
                "kv.bucket.max.bytes", "1000000",
                "kv.bucket.storage", "memory");

        try (Connection connection = rig.connect()) {
            KeyValueManagement buckets = connection.keyValueManagement();
            StreamConfiguration made =
                    buckets.getStatus(bucket).getConfiguration().getBackingConfig();
            buckets.delete(bucket);
            StreamConfiguration expected = buckets.create(KeyValueConfiguration.builder()
                            .name(bucket)
                            .maxHistoryPerKey(3)
                            .ttl(Duration.ofMinutes(1))
                            .maxBucketSize(1_000_000)
                            .storageType(StorageType.Memory)
                            .build())
                    .getConfiguration()
                    .getBackingConfig();
            assertThat(made.toJson()).isEqualTo(expected.toJson());
            assertThat(made.getDuplicateWindow()).isEqualTo(Duration.ofMinutes(1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "auto, true, false, false",
        "fast, true, false, false",
        "async, false, false, false",
        "sync, false, false, false",
        "best-effort, false, false, false",
        "exactly-once, false, true, false",
        "ttl, true, false, true",
    })
    void aBucketHasTheFlagsThatAreNeededAndNoOthers(String mode, boolean batched, boolean atomic, boolean ttl)
            throws Exception {
        rig.with(mode.equals("ttl") ? "message.ttl.ms" : "mode", mode.equals("ttl") ? "60000" : mode);
        store("kv.bucket.create", "true");

        StreamConfiguration made = rig.configuration();
        assertThat(made.getAllowBatched()).isEqualTo(batched);
        assertThat(made.getAllowAtomicPublish()).isEqualTo(atomic);
        assertThat(made.isAllowMessageTtl()).isEqualTo(ttl);
    }

    @Test
    void aBucketThatExistsIsNotChanged() throws Exception {
        addBucket(1);
        StreamConfiguration before = rig.configuration();
        store("kv.bucket.create", "true", "kv.bucket.history", "5", "kv.bucket.storage", "memory");

        assertThat(rig.configuration().toJson()).isEqualTo(before.toJson());
        assertThat(read()).isEqualTo(Map.of("k", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "auto", "best-effort", "exactly-once"})
    void aMissingBucketIsRefused(String mode) {
        assertThat(refusal("mode", mode))
                .isEqualTo("[JS-4001] target=kv: there is no bucket " + bucket + ": create it with nats kv add "
                        + bucket + "," + " or set kv.bucket.create=true");
    }

    @Test
    void aBucketThatDoesNotTakeItsKeysIsRefused() throws Exception {
        rig.create(rig.stream("$KV." + bucket + ".a.>"));

        assertThat(refusal())
                .isEqualTo("[JS-4006] target=kv: stream " + stream + " does not capture the subjects of its keys:"
                        + " run nats stream edit " + stream + " --subjects='$KV." + bucket + ".>'");
    }

    @Test
    void aMirrorIsRefused() throws Exception {
        rig.create(StreamConfiguration.builder().name("KV_costs").subjects("$KV.costs.>"));
        rig.create(StreamConfiguration.builder()
                .name(stream)
                .mirror(Mirror.builder().name("KV_costs").build()));

        assertThat(refusal())
                .isEqualTo("[JS-4006] stream " + stream + " is a mirror of KV_costs and accepts no messages: set"
                        + " kv.bucket to another bucket, which kv.bucket.create=true can create");
    }

    @Test
    void purgesNeedABucketThatAllowsThem() throws Exception {
        rig.create(rig.stream("$KV." + bucket + ".>"));

        assertThat(refusal("tombstones", "purge"))
                .isEqualTo("[JS-4006] tombstones=purge: stream " + stream
                        + " does not allow rollups: run nats stream edit " + stream + " --allow-rollup");
        store("tombstones", "delete");
    }

    @Test
    void exactlyOnceSaysHowToMendABucketOfTheClients() throws Exception {
        addBucket(1);

        assertThat(refusal("mode", "exactly-once"))
                .isEqualTo("[JS-4006] delivery.guarantee=exactly-once: stream " + stream
                        + " does not allow atomic batches:" + " run nats stream edit " + stream + " --allow-batch");
    }

    @Test
    void settingsThatTheServerCannotTakeAreNamed() throws Exception {
        assertThat(refusal("kv.bucket.create", "true", "kv.bucket.replicas", "3"))
                .startsWith("[JS-4008] stream " + stream + " cannot be created: ")
                .endsWith("(see kv.bucket.replicas)");
        rig.create(StreamConfiguration.builder().name("OTHER").subjects("$KV." + bucket + ".x"));
        assertThat(refusal("kv.bucket.create", "true"))
                .startsWith("[JS-4008] stream " + stream + " cannot be created: ")
                .endsWith("(see kv.bucket)");
    }

    @ParameterizedTest
    @CsvSource({"message.ttl.ms, 60000", "message.ttl.header, ttl"})
    void aBucketWithAHistoryIsRefusedWithTtls(String key, String value) throws Exception {
        rig.create(rig.stream("$KV." + bucket + ".>").allowMessageTtl().maxMessagesPerSubject(5));

        assertThat(refusal(key, value))
                .startsWith("[JS-4006] message.ttl.ms, message.ttl.header: stream " + stream
                        + " keeps older messages of each subject")
                .contains("nats stream edit " + stream + " --max-msgs-per-subject=1");
    }

    /** Values expire, deletes stay, whatever the bucket has for markers of its own. */
    @ParameterizedTest
    @CsvSource({"fast, delete", "exactly-once, delete", "async, purge"})
    void aDeleteStaysWhereValuesExpire(String mode, String tombstones) throws Exception {
        rig.create(rig.stream("$KV." + bucket + ".>")
                .maxMessagesPerSubject(1)
                .allowMessageTtl()
                .allowRollup(true)
                .allowBatched()
                .allowAtomicPublish()
                .subjectDeleteMarkerTtl(Duration.ofSeconds(1)));
        FakeWorker worker = rig.start("mode", mode, "tombstones", tombstones, "message.ttl.ms", "1000");
        worker.collect("gone", "1");
        worker.collect("gone", null);
        worker.offer("expires", "2");
        worker.drain();

        Awaitility.await("the value to expire, and the marker that the server puts in its place")
                .atMost(TaskRig.PATIENCE)
                .until(() -> history("expires").isEmpty());
        assertThat(history("gone")).containsExactly(tombstones.equals("purge") ? "PURGE" : "DELETE");
    }

    /** A marker that had expired would be followed by the value before it (nats-server issue 8505). */
    @Tag("faults")
    @ParameterizedTest
    @CsvSource({"delete", "purge"})
    void aDeleteStaysThoughTheServerIsKilledAfterwards(String tombstones) throws Exception {
        rig.serve("");
        FakeWorker worker = rig.start(
                "publish.mode", "async",
                "kv.bucket.create", "true",
                "tombstones", tombstones,
                "message.ttl.header", "ttl");
        for (int i = 0; i < 4; i++) {
            worker.offer("gone", "a" + i);
        }
        ConnectHeaders soon = new ConnectHeaders();
        soon.addString("ttl", "1000");
        worker.offer(new SinkRecord("in.eu", 0, null, "gone", null, null, worker.consumed(), null, null, soon));
        worker.offer(
                new SinkRecord("in.eu", 0, null, "expires", null, new byte[1], worker.consumed(), null, null, soon));
        worker.drain();
        Awaitility.await("the value to expire")
                .atMost(TaskRig.PATIENCE)
                .until(() -> history("expires").isEmpty());
        rig.nats.kill9();
        rig.nats.restart();

        assertThat(history("gone")).containsExactly(tombstones.equals("purge") ? "PURGE" : "DELETE");
        assertThat(read()).doesNotContainKey("gone");
    }

    @Test
    void aRequiredLimitIsNamedAndSuffices() throws Exception {
        rig.serve("""
                accounts { A: {
                  jetstream: { max_file: 100MB, max_bytes_required: true }
                  users: [ { user: a, password: a } ]
                } }
                no_auth_user: a
                """);
        rig.with("kv.bucket.create", "true");
        assertThat(refusal())
                .startsWith("[JS-4008] stream " + stream + " cannot be created: ")
                .endsWith("(see kv.bucket.max.bytes)");
        assertThat(refusal("kv.bucket.max.bytes", "900000000"))
                .contains("[10047]")
                .endsWith("(see kv.bucket.max.bytes)");

        store("kv.bucket.max.bytes", "1000000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "auto", "best-effort", "exactly-once"})
    void aDeleteKeepsTheHistoryInItsOrder(String mode) throws Exception {
        FakeWorker worker = rig.start("mode", mode, "kv.bucket.create", "true", "kv.bucket.history", "4");
        for (int i = 0; i < 10; i++) {
            worker.offer("k", "v" + i);
        }
        worker.offer("k", null);
        worker.offer("gone", "1");
        worker.offer("gone", null);
        worker.offer("k", "");
        worker.drain();

        assertThat(history("k")).containsExactly("PUT v8", "PUT v9", "DELETE", "PUT");
        assertThat(history("gone")).containsExactly("PUT 1", "DELETE");
        assertThat(read()).containsOnlyKeys("k");
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "auto", "best-effort", "exactly-once"})
    void aPurgeRemovesTheHistoryHoweverOftenItComes(String mode) throws Exception {
        rig.with("kv.bucket.create", "true", "kv.bucket.history", "9", "tombstones", "purge");
        FakeWorker worker = rig.start("mode", mode);
        Map<String, String> expected = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            String key = "k" + i % 7;
            String value = i % 3 == 0 || i % 11 == 0 ? null : "v" + i;
            worker.collect(key, value);
            if (value == null) {
                expected.remove(key);
            } else {
                expected.put(key, value);
            }
        }
        worker.collect("k", "1");
        worker.collect("k", null);
        worker.collect("k", null);
        worker.offer("k", "2");
        worker.drain();

        expected.put("k", "2");
        assertThat(read()).isEqualTo(expected);
        assertThat(history("k")).containsExactly("PURGE", "PUT 2");
        assertThat(worker.rejected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync"})
    void aValueWhoseAckWasLostDoesNotOvertakeANewerOne(String mode) throws Exception {
        addBucket(9);
        FaultProxy proxy = rig.proxy();
        FakeWorker worker = rig.start("mode", mode, "nats.servers", proxy.url(), "publish.ack.timeout.ms", "500");
        worker.offer("other", "0");
        worker.drain();

        proxy.dropAnswers(true);
        worker.offer("k", "old");
        worker.until("an ack to get lost", TaskRig.PATIENCE, () -> proxy.dropped() > 0);
        proxy.dropAnswers(false);
        worker.offer("k", "new");
        worker.drain();

        assertThat(history("k")).contains("PUT old").endsWith("PUT new");
    }

    @Test
    void aValueThatFoundNoRoomDoesNotOvertakeANewerOne() throws Exception {
        String large = "x".repeat(20_000);
        try (Connection connection = rig.connect()) {
            KeyValueManagement buckets = connection.keyValueManagement();
            KeyValueConfiguration.Builder full = KeyValueConfiguration.builder()
                    .name(bucket)
                    .maxHistoryPerKey(9)
                    .maxBucketSize(10_000);
            buckets.create(full.build());
            FakeWorker worker = rig.start("mode", "async");
            worker.offer("k", "0");
            worker.drain();
            worker.collect("k", large);
            worker.offer("k", "last");
            rig.untilLogged("maximum bytes exceeded");
            buckets.update(full.maxBucketSize(-1).build());
            worker.drain();

            assertThat(history("k")).contains("PUT " + large).endsWith("PUT last");
        }
    }

    @Test
    void markersAreKeysThatAFilterLeavesOut() throws Exception {
        String marker = "jetsink.offsets.prices-to=2Enats.in=2Eeu.0";
        FakeWorker worker = rig.start("mode", "exactly-once", "kv.bucket.create", "true");
        worker.offer("a", "1");
        worker.offer("b.c/\u00fc", "2");
        worker.drain();

        try (Connection connection = rig.connect()) {
            KeyValue values = connection.keyValue(bucket);
            assertThat(values.keys()).containsExactlyInAnyOrder("a", "b=2Ec=2F=C3=BC", marker);
            assertThat(values.keys("*")).containsExactlyInAnyOrder("a", "b=2Ec=2F=C3=BC");
            assertThat(watched(values, ">")).containsExactlyInAnyOrder("a", "b=2Ec=2F=C3=BC", marker);
            assertThat(watched(values, "*")).containsExactlyInAnyOrder("a", "b=2Ec=2F=C3=BC");
        }
    }

    /** The keys that a watcher is told of before it has seen all that there is. */
    private static List<String> watched(KeyValue values, String filter) throws Exception {
        List<String> keys = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(1);
        NatsKeyValueWatchSubscription watch = values.watch(filter, new KeyValueWatcher() {
            @Override
            public void watch(KeyValueEntry entry) {
                keys.add(entry.getKey());
            }

            @Override
            public void endOfData() {
                all.countDown();
            }
        });
        try (watch) {
            assertThat(all.await(TaskRig.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        return keys;
    }

    @Tag("faults")
    @Test
    void aBucketHasAsManyReplicasAsItIsToHave() throws Exception {
        try (NatsCluster cluster = NatsCluster.start();
                Connection connection = cluster.connect()) {
            store(
                    "nats.servers", cluster.addresses(),
                    "kv.bucket.create", "true",
                    "kv.bucket.replicas", "3");

            assertThat(connection.keyValueManagement().getStatus(bucket).getReplicas())
                    .isEqualTo(3);
            assertThat(Buckets.read(connection, bucket)).isEqualTo(Map.of("k", "1"));
            rig.worker.stop();
        }
    }

    @Test
    void offsetsOfABucketsConnectorCanBeAltered() throws Exception {
        rig.with("mode", "exactly-once", "kv.bucket.create", "true", "kv.bucket.history", "9");
        FakeWorker worker = rig.start();
        worker.offer("k", "1");
        worker.offer("k", "2");
        worker.offer("k", "3");
        worker.drain();
        worker.stop();

        new NatsJetStreamSinkConnector().alterOffsets(rig.config(Map.of()), Map.of(new TopicPartition("in.eu", 0), 1L));
        FakeWorker again = rig.start();
        again.offer("k", "1");
        again.offer("k", "2");
        again.offer("k", "3");
        again.drain();

        assertThat(history("k")).containsExactly("PUT 1", "PUT 2", "PUT 3", "PUT 2", "PUT 3");
    }

    private void store(String... config) {
        rig.start(config).offer("k", "1");
        rig.worker.drain();
    }

    private String refusal(String... config) {
        return rig.impatient().start(config).failure(() -> rig.worker.offer("k", "1"), TaskRig.PATIENCE);
    }

    /** As a client makes it. */
    private void addBucket(int history) throws Exception {
        try (Connection connection = rig.connect()) {
            connection
                    .keyValueManagement()
                    .create(KeyValueConfiguration.builder()
                            .name(bucket)
                            .maxHistoryPerKey(history)
                            .build());
        }
    }

    private Map<String, String> read() throws Exception {
        try (Connection connection = rig.connect()) {
            return Buckets.read(connection, bucket);
        }
    }

    private List<String> history(String key) throws Exception {
        try (Connection connection = rig.connect()) {
            return Buckets.history(connection, bucket, key);
        }
    }
}
