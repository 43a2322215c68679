package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsOperator;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code jetstream.stream.create} makes the stream that guarantee and mode need, on every version, and changes none. */
class StreamCreationIT extends OneServer {
    private static final String STREAM = "ORDERS";
    private static final Duration SOON = Duration.ofSeconds(10);

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void everyVersionGetsAStreamThatItKnows(NatsBinary version) throws Exception {
        try (NatsServer server = NatsServer.builder().version(version).start()) {
            FakeWorker worker = begin(server, 0, Map.of());

            worker.feed(1_000);
            worker.drain();

            StreamConfiguration created = stream(server);
            assertThat(created.getSubjects()).containsExactly("orders.*");
            assertThat(created.getStorageType()).isEqualTo(StorageType.File);
            assertThat(created.getReplicas()).isEqualTo(1);
            assertThat(created.getRetentionPolicy()).isEqualTo(RetentionPolicy.Limits);
            assertThat(created.getAllowBatched()).isEqualTo(version == NatsBinary.V2_15);
            assertThat(created.getAllowAtomicPublish()).isFalse();
            assertThat(created.getAllowRollup()).isFalse();
            assertThat(stored(server)).isEqualTo(1_000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "at-least-once, fast, true, false",
        "at-least-once, async, false, false",
        "at-least-once, sync, false, false",
        "best-effort, auto, false, false",
        "exactly-once, auto, false, true",
    })
    void aStreamHasTheFlagsThatAreNeededAndNoOthers(String guarantee, String mode, boolean batched, boolean atomic)
            throws Exception {
        FakeWorker worker = begin(nats, 0, Map.of("delivery.guarantee", guarantee, "publish.mode", mode));

        worker.feed(100);
        worker.drain();

        assertThat(stream(nats).getAllowBatched()).isEqualTo(batched);
        assertThat(stream(nats).getAllowAtomicPublish()).isEqualTo(atomic);
        assertThat(stream(nats).getAllowRollup()).isEqualTo(atomic);
        assertThat(stored(nats)).isEqualTo(atomic ? 101 : 100);
    }

    @Test
    void exactlyOnceAddsTheMarkersSubjectsWhereTheyAreMissing() throws Exception {
        FakeWorker worker = begin(
                nats, 0, Map.of("delivery.guarantee", "exactly-once", "jetstream.stream.subjects", "orders.>, audit"));
        worker.feed(1);
        worker.drain();

        assertThat(stream(nats).getSubjects()).containsExactly("orders.>", "audit", "jetsink.offsets.orders-to-nats.>");
    }

    @Test
    void exactlyOnceTakesSubjectsThatCoverItsMarkers() throws Exception {
        FakeWorker worker = begin(
                nats,
                0,
                Map.of("delivery.guarantee", "exactly-once", "jetstream.stream.subjects", "orders.>, jetsink.*.>"));
        worker.feed(1);
        worker.drain();

        assertThat(stream(nats).getSubjects()).containsExactly("orders.>", "jetsink.*.>");
    }

    @Test
    void everySettingReachesTheStream() throws Exception {
        FakeWorker worker = begin(
                nats,
                0,
                Map.of(
                        "jetstream.stream.subjects", "orders.>",
                        "jetstream.stream.storage", "memory",
                        "jetstream.stream.retention", "workqueue",
                        "jetstream.stream.discard", "new",
                        "jetstream.stream.max.age.ms", "3600000",
                        "jetstream.stream.max.bytes", "1048576",
                        "jetstream.stream.duplicate.window.ms", "60000"));
        worker.feed(1);
        worker.drain();

        StreamConfiguration created = stream(nats);
        assertThat(created.getSubjects()).containsExactly("orders.>");
        assertThat(created.getStorageType()).isEqualTo(StorageType.Memory);
        assertThat(created.getRetentionPolicy()).isEqualTo(RetentionPolicy.WorkQueue);
        assertThat(created.getDiscardPolicy()).isEqualTo(DiscardPolicy.New);
        assertThat(created.getMaxAge()).isEqualTo(Duration.ofHours(1));
        assertThat(created.getMaxBytes()).isEqualTo(1_048_576);
        assertThat(created.getDuplicateWindow()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aStreamThatExistsIsNotChanged() throws Exception {
        try (Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects("orders.0", "mine")
                            .storageType(StorageType.Memory)
                            .build());
        }
        StreamConfiguration before = stream(nats);

        FakeWorker worker = begin(nats, 0, Map.of("jetstream.stream.max.bytes", "1000000"));
        worker.feed(100);
        worker.drain();

        assertThat(stream(nats).toJson()).isEqualTo(before.toJson());
        assertThat(stored(nats)).isEqualTo(100);
    }

    @Test
    void anExistingStreamThatIsNotGoodEnoughIsRefusedAndNotChanged() throws Exception {
        try (Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects("orders.*")
                            .build());
        }
        StreamConfiguration before = stream(nats);

        assertThat(refusal(Map.of("delivery.guarantee", "exactly-once")))
                .contains("nats stream edit ORDERS --allow-batch --allow-rollup --subjects=");
        assertThat(stream(nats).toJson()).isEqualTo(before.toJson());
    }

    @Test
    void severalTasksAtOnceCreateOneStream() throws Exception {
        List<FakeWorker> tasks = new ArrayList<>();
        for (int task = 0; task < 8; task++) {
            tasks.add(begin(nats, task, Map.of()));
        }
        for (FakeWorker task : tasks) {
            task.feed(100);
        }
        tasks.forEach(FakeWorker::drain);

        assertThat(stored(nats)).isEqualTo(800);
    }

    @Test
    void settingsThatTheServerCannotTakeAreNamed() throws Exception {
        assertThat(refusal(Map.of("jetstream.stream.replicas", "3")))
                .startsWith("stream ORDERS cannot be created: ")
                .contains("replicas")
                .endsWith("(see jetstream.stream.replicas)");
        assertThat(refusal(Map.of("jetstream.stream.subjects", "orders.>, orders.1")))
                .startsWith("stream ORDERS cannot be created: ")
                .contains("overlap")
                .endsWith("(see jetstream.stream.*)");
        assertThat(refusal(Map.of("jetstream.stream.subjects", ">")))
                .startsWith("stream ORDERS cannot be created: ")
                .endsWith("(see jetstream.stream.*)");
        try (Connection connection = nats.connect()) {
            assertThat(connection.jetStreamManagement().getStreamNames()).isEmpty();
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("OTHER")
                            .subjects("orders.0")
                            .build());
        }
        assertThat(refusal(Map.of()))
                .startsWith("stream ORDERS cannot be created: ")
                .contains("overlap")
                .endsWith("(see jetstream.stream.subjects)");
    }

    @Test
    void anAccountsLimitsAreNamed() throws Exception {
        try (NatsServer limited = NatsServer.builder().config("""
                        accounts { A: {
                          jetstream: { max_file: 100MB, max_streams: 5, max_bytes_required: true }
                          users: [ { user: a, password: a } ]
                        } }
                        no_auth_user: a
                        """).start()) {
            assertThat(refusal(limited, Map.of()))
                    .startsWith("stream ORDERS cannot be created: ")
                    .endsWith("(see jetstream.stream.max.bytes)");

            FakeWorker worker = begin(limited, 0, Map.of("jetstream.stream.max.bytes", "1000000"));
            worker.feed(10);
            worker.drain();
            assertThat(stored(limited)).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jetstream.stream.max.bytes, 900000000, jetstream.stream.max.bytes",
        "jetstream.stream.max.bytes, 5000000, jetstream.stream.max.bytes",
        "jetstream.stream.max.bytes, 1000, jetstream.stream to write to an existing one",
    })
    void limitsThatASizeExceedsAreNamed(String key, String value, String named) throws Exception {
        String most = value.equals("900000000") ? "" : ", max_streams: 1, disk_max_stream_bytes: 1MB";
        try (NatsServer limited =
                NatsServer.builder().config("""
                        accounts { A: {
                          jetstream: { max_file: 100MB%s }
                          users: [ { user: a, password: a } ]
                        } }
                        no_auth_user: a
                        """.formatted(most)).start()) {
            if (value.equals("1000")) {
                try (Connection connection = limited.connect()) {
                    connection
                            .jetStreamManagement()
                            .addStream(StreamConfiguration.builder()
                                    .name("OTHER")
                                    .subjects("other")
                                    .build());
                }
            }
            assertThat(refusal(limited, Map.of(key, value)))
                    .startsWith("stream ORDERS cannot be created: ")
                    .contains("(see " + named);
        }
    }

    @Test
    void aTierThatTheAccountDoesNotHaveIsNamed() throws Exception {
        NatsOperator operator = NatsOperator.ofThreeReplicas();
        try (NatsServer limited = NatsServer.builder().config(operator.config()).start()) {
            NatsOperator.User user = operator.user();
            assertThat(refusal(limited, Map.of("nats.auth.jwt", user.jwt(), "nats.auth.nkey.seed", user.seed())))
                    .startsWith("stream ORDERS cannot be created: ")
                    .endsWith("(see jetstream.stream.replicas)");
        }
    }

    private String refusal(Map<String, String> more) {
        return refusal(nats, more);
    }

    /** What the task fails with. */
    private String refusal(NatsServer server, Map<String, String> more) {
        FakeWorker worker = begin(Impatient.task(), server, 0, more);
        worker.offer(1);
        String[] said = new String[1];
        assertThatThrownBy(() -> worker.until("a refusal", SOON, () -> false))
                .isInstanceOf(ConnectException.class)
                .satisfies(refused -> said[0] = refused.getMessage());
        return said[0];
    }

    private FakeWorker begin(NatsServer server, int task, Map<String, String> more) {
        return begin(new NatsJetStreamSinkTask(), server, task, more);
    }

    private FakeWorker begin(NatsJetStreamSinkTask sink, NatsServer server, int task, Map<String, String> more) {
        FakeWorker worker = new FakeWorker("orders", sink);
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "orders-to-nats",
                "nats.servers",
                server.url(),
                "jetstream.stream",
                STREAM,
                "jetstream.stream.create",
                "true",
                "subject",
                "orders.${partition}",
                NatsJetStreamSinkTask.TASK_KEY,
                Integer.toString(task)));
        config.putAll(more);
        started.add(worker);
        worker.start(config);
        return worker;
    }

    private static StreamConfiguration stream(NatsServer server) throws Exception {
        try (Connection connection = server.connect()) {
            return connection.jetStreamManagement().getStreamInfo(STREAM).getConfiguration();
        }
    }

    private static long stored(NatsServer server) throws Exception {
        try (Connection connection = server.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(STREAM)
                    .getStreamState()
                    .getMsgCount();
        }
    }
}
