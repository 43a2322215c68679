package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.TaskAccess;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsOperator;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code jetstream.stream.create} makes the stream that guarantee and mode need, on every version, and changes none. */
class StreamCreationIT {
    @RegisterExtension
    final TaskRig rig = TaskRig.shared("ORDERS")
            .with("name", "orders-to-nats", "topics", "orders", "jetstream.stream.create", "true")
            .with("subject", "orders.${partition}");

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void everyVersionGetsAStreamThatItKnows(NatsBinary version) throws Exception {
        rig.serve(version);
        feed(1_000);

        StreamConfiguration created = rig.configuration();
        assertThat(created.getSubjects()).containsExactly("orders.*");
        assertThat(created.getStorageType()).isEqualTo(StorageType.File);
        assertThat(created.getReplicas()).isEqualTo(1);
        assertThat(created.getRetentionPolicy()).isEqualTo(RetentionPolicy.Limits);
        assertThat(created.getAllowBatched()).isEqualTo(version == NatsBinary.V2_15);
        assertThat(created.getAllowAtomicPublish()).isFalse();
        assertThat(created.getAllowRollup()).isFalse();
        assertThat(rig.stored()).isEqualTo(1_000);
    }

    private void feed(int records, String... config) {
        rig.start(config).feed(records);
        rig.worker.drain();
    }

    @ParameterizedTest
    @CsvSource({
        "fast, true, false",
        "async, false, false",
        "sync, false, false",
        "best-effort, false, false",
        "exactly-once, false, true",
    })
    void aStreamHasTheFlagsThatAreNeededAndNoOthers(String mode, boolean batched, boolean atomic) throws Exception {
        feed(100, "mode", mode);

        assertThat(rig.configuration().getAllowBatched()).isEqualTo(batched);
        assertThat(rig.configuration().getAllowAtomicPublish()).isEqualTo(atomic);
        assertThat(rig.configuration().getAllowRollup()).isEqualTo(atomic);
        assertThat(rig.stored()).isEqualTo(atomic ? 101 : 100);
    }

    @Test
    void exactlyOnceAddsTheMarkersSubjectsWhereTheyAreMissing() throws Exception {
        feed(1, "delivery.guarantee", "exactly-once", "jetstream.stream.subjects", "orders.>, audit");

        assertThat(rig.configuration().getSubjects())
                .containsExactly("orders.>", "audit", "jetsink.offsets.orders-to-nats.>");
    }

    @Test
    void exactlyOnceTakesSubjectsThatCoverItsMarkers() throws Exception {
        feed(1, "delivery.guarantee", "exactly-once", "jetstream.stream.subjects", "orders.>, jetsink.*.>");

        assertThat(rig.configuration().getSubjects()).containsExactly("orders.>", "jetsink.*.>");
    }

    @Test
    void everySettingReachesTheStream() throws Exception {
        rig.with(
                "jetstream.stream.subjects", "orders.>",
                "jetstream.stream.storage", "memory",
                "jetstream.stream.retention", "workqueue",
                "jetstream.stream.discard", "new",
                "jetstream.stream.max.age.ms", "3600000",
                "jetstream.stream.max.bytes", "1048576",
                "jetstream.stream.duplicate.window.ms", "60000");
        feed(1);

        StreamConfiguration created = rig.configuration();
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
        rig.create(rig.stream("orders.0", "mine").storageType(StorageType.Memory));
        StreamConfiguration before = rig.configuration();

        feed(100, "jetstream.stream.max.bytes", "1000000");

        assertThat(rig.configuration().toJson()).isEqualTo(before.toJson());
        assertThat(rig.stored()).isEqualTo(100);
    }

    @Test
    void anExistingStreamThatIsNotGoodEnoughIsRefusedAndNotChanged() throws Exception {
        rig.create(rig.stream("orders.*"));
        StreamConfiguration before = rig.configuration();

        assertThat(rig.refusal("delivery.guarantee", "exactly-once"))
                .contains("nats stream edit ORDERS --allow-batch --allow-rollup --subjects=");
        assertThat(rig.configuration().toJson()).isEqualTo(before.toJson());
    }

    @Test
    void severalTasksAtOnceCreateOneStream() throws Exception {
        List<FakeWorker> tasks = new ArrayList<>();
        for (int task = 0; task < 8; task++) {
            tasks.add(rig.start(TaskAccess.number(task)));
        }
        for (FakeWorker task : tasks) {
            task.feed(100);
        }
        tasks.forEach(FakeWorker::drain);

        assertThat(rig.stored()).isEqualTo(800);
    }

    @Test
    void settingsThatTheServerCannotTakeAreNamed() throws Exception {
        assertThat(rig.refusal("jetstream.stream.replicas", "3"))
                .startsWith("[JS-4008] stream ORDERS cannot be created: ")
                .contains("replicas")
                .endsWith("(see jetstream.stream.replicas)");
        assertThat(rig.refusal("jetstream.stream.subjects", "orders.>, orders.1"))
                .startsWith("[JS-4008] stream ORDERS cannot be created: ")
                .contains("overlap")
                .endsWith("(see jetstream.stream.*)");
        assertThat(rig.refusal("jetstream.stream.subjects", ">"))
                .startsWith("[JS-4008] stream ORDERS cannot be created: ")
                .endsWith("(see jetstream.stream.*)");
        assertThat(rig.streams()).isEmpty();
        rig.create(StreamConfiguration.builder().name("OTHER").subjects("orders.0"));
        assertThat(rig.refusal())
                .startsWith("[JS-4008] stream ORDERS cannot be created: ")
                .contains("overlap")
                .endsWith("(see jetstream.stream.subjects)");
    }

    @Test
    void anAccountsLimitsAreNamed() throws Exception {
        rig.serve(account("max_streams: 5, max_bytes_required: true"));
        assertThat(rig.refusal())
                .startsWith("[JS-4008] stream ORDERS cannot be created: ")
                .endsWith("(see jetstream.stream.max.bytes)");

        feed(10, "jetstream.stream.max.bytes", "1000000");
        assertThat(rig.stored()).isEqualTo(10);
    }

    private static String account(String limits) {
        return """
                accounts { A: {
                  jetstream: { max_file: 100MB, %s }
                  users: [ { user: a, password: a } ]
                } }
                no_auth_user: a
                """.formatted(limits);
    }

    @ParameterizedTest
    @CsvSource({
        "jetstream.stream.max.bytes, 900000000, jetstream.stream.max.bytes",
        "jetstream.stream.max.bytes, 5000000, jetstream.stream.max.bytes",
        "jetstream.stream.max.bytes, 1000, jetstream.stream to write to an existing one",
    })
    void limitsThatASizeExceedsAreNamed(String key, String value, String named) throws Exception {
        rig.serve(account(value.equals("900000000") ? "" : "max_streams: 1, disk_max_stream_bytes: 1MB"));
        if (value.equals("1000")) {
            rig.create(StreamConfiguration.builder().name("OTHER").subjects("other"));
        }
        assertThat(rig.refusal(key, value))
                .startsWith("[JS-4008] stream ORDERS cannot be created: ")
                .contains("(see " + named);
    }

    @Test
    void aTierThatTheAccountDoesNotHaveIsNamed() throws Exception {
        NatsOperator operator = NatsOperator.ofThreeReplicas();
        rig.serve(operator.config());
        NatsOperator.User user = operator.user();
        assertThat(rig.refusal("nats.auth.jwt", user.jwt(), "nats.auth.nkey.seed", user.seed()))
                .startsWith("[JS-4008] stream ORDERS cannot be created: ")
                .endsWith("(see jetstream.stream.replicas)");
    }
}
