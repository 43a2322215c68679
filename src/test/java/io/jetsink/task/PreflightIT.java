package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsBinary;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is found out at the start of a task, before there is a record, on real servers. */
class PreflightIT {
    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("orders")
            .impatient()
            .with("name", "orders-to-nats", "publish.mode", "async", "subject", "orders");

    /** The probe is a message, which whoever subscribes to its subject sees. */
    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void asksOnceAndStoresNothing(NatsBinary version) throws Exception {
        rig.serve(version);
        rig.create(rig.stream());
        try (Connection connection = rig.connect()) {
            Subscription seen = connection.subscribe(rig.name);
            FakeWorker worker = rig.start();

            Message probe = seen.nextMessage(TaskRig.PATIENCE);
            assertThat(probe).isNotNull();
            assertThat(probe.getData()).isEmpty();
            assertThat(probe.getHeaders().getFirst("Nats-Expected-Stream")).isEqualTo("jetsink.preflight");
            worker.poll();
            assertThat(rig.stored()).isZero();

            worker.settle(10);
            assertThat(rig.stored()).isEqualTo(10);
        }
    }

    /** Without it each attempt stores the first record there. The stream cannot be looked up, but answers. */
    @ParameterizedTest
    @CsvSource({"start, 0, 0", "off, 1, 5"})
    void refusesBeforeAnotherStreamGetsARecord(String preflight, long least, long most) throws Exception {
        server("publish: { deny: [\"$JS.API.>\"] }");
        rig.create(StreamConfiguration.builder().name("elsewhere").subjects("orders"));
        rig.create(rig.stream("orders.>"));

        assertThat(rig.refusal("preflight", preflight)).contains("elsewhere", "jetstream.stream", "subject");
        assertThat(rig.stored("elsewhere")).isBetween(least, most);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publish   | orders    | may not publish to orders: grant it that, or change subject",
                "subscribe | _INBOX.> | where acks arrive: grant it that, or set nats.inbox.prefix",
            })
    void namesAPermissionThatIsMissingBeforeThereIsARecord(String what, String denied, String expected)
            throws Exception {
        server(what + ": { deny: [\"" + denied + "\"] }");
        rig.create(rig.stream());

        assertThat(rig.start().failure(() -> {}, TaskRig.PATIENCE)).contains(expected);
        assertThat(rig.stored()).isZero();
    }

    /** What a template can become, the user need not be allowed in full. */
    @Test
    void aGuessThatIsDeniedStopsNothing() throws Exception {
        server("publish: { allow: [\"orders.0\", \"$JS.API.STREAM.INFO.orders\"] }");
        rig.create(rig.stream("orders.*"));
        FakeWorker worker = rig.start("subject", "orders.${partition}").settle(100);

        assertThat(rig.stored()).isEqualTo(100);
        assertThat(Files.readString(rig.nats.logs())).contains("Publish Violation");
        assertThat(rig.logged.lines("Permissions Violation for Publish to \"orders.jetsink-preflight\""))
                .hasSize(1);
        assertThat(rig.logged.lines("nothing answers a message to")).isEmpty();
        assertThat(rig.logged.lines("no working link")).isEmpty();
    }

    private void server(String permissions) {
        rig.as("admin").with("nats.auth.username", "some", "nats.auth.password", "some");
        rig.serve("authorization { users: [{ user: admin, password: admin }, { user: some, password: some,"
                + " permissions: { " + permissions + " } }] }");
    }
}
