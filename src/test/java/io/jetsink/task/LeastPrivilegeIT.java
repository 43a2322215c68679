package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The users of operations.md: each may do what its connector needs, and nothing that it does not need. */
class LeastPrivilegeIT {
    private static final Path DOCUMENT = Path.of("src/docs/operations.md");
    private static final String PASSWORD = "pass";

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("in").impatient().as("admin");

    @Test
    void nothingIsDeniedToTheUsersThatAreDocumented() throws Exception {
        serve(documented());
        for (String mode : List.of("async", "sync", "fast", "auto")) {
            run("orders", mode);
        }
        for (String user : List.of("payments", "prices", "scans", "events", "logs")) {
            run(user, "");
        }

        assertThat(rig.stored("ORDERS")).isEqualTo(400);
        // With its marker.
        assertThat(rig.stored("PAYMENTS")).isEqualTo(101);
        assertThat(rig.stored("KV_prices")).isEqualTo(1);
        assertThat(rig.stored("SCANS")).isEqualTo(1);
        assertThat(rig.stored("OBJ_large")).isGreaterThan(1);
        assertThat(rig.stored("EVENTS")).isEqualTo(100);
        assertThat(rig.stored("LOGS")).isEqualTo(100);
        assertThat(Files.readString(rig.nats.logs())).doesNotContainIgnoringCase("violation");
    }

    /** Each is needed: the task fails without it, and says which one it was. Three attempts of some seconds each. */
    @Tag("faults")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "orders   | \"orders.>\", | may not publish to orders.0",
                "orders   | , \"$JS.API.STREAM.INFO.ORDERS\" | may not publish to $JS.API.STREAM.INFO.ORDERS",
                "orders   | \"_INBOX_orders.>\" | may not subscribe to _INBOX_orders.",
                "payments | \"payments.>\", | may not publish to payments.0",
                "payments | \"jetsink.offsets.payments.>\", | may not publish to jetsink.offsets.payments.0.none",
                "payments | \"$JS.API.STREAM.INFO.PAYMENTS\", | may not publish to $JS.API.STREAM.INFO.PAYMENTS",
                "payments | , \"$JS.API.STREAM.MSG.GET.PAYMENTS\" | may not publish to $JS.API.STREAM.MSG.GET.PAYMENTS",
                "prices   | \"$KV.prices.>\", | may not publish to $KV.prices.k",
                "prices   | , \"$JS.API.STREAM.INFO.KV_prices\" | may not publish to $JS.API.STREAM.INFO.KV_prices",
                "scans    | \"$O.large.>\", | may not publish to $O.large.",
                "scans    | \"$JS.API.STREAM.MSG.GET.OBJ_large\", | may not publish to $JS.API.STREAM.MSG.GET.OBJ_large",
                "scans    | \"$JS.API.STREAM.INFO.OBJ_large\", | may not publish to $JS.API.STREAM.INFO.OBJ_large",
                "events   | , \"$JS.API.STREAM.CREATE.EVENTS\" | may not publish to $JS.API.STREAM.CREATE.EVENTS",
            })
    void whatIsTakenAwayIsNamed(String user, String permission, String expected) throws Exception {
        Pattern taken = Pattern.compile(Pattern.quote(permission).replace(", ", "\\E,\\s+\\Q"));
        assertThat(documented()).containsPattern(taken);
        serve(taken.matcher(documented()).replaceFirst(permission.contains(",") ? "" : "\"none\""));
        FakeWorker worker = begin(user, user.equals("orders") ? "fast" : "");

        assertThat(worker.failure(() -> offer(worker, user), TaskRig.PATIENCE))
                .contains("the user of nats.auth.* " + expected);
    }

    private void run(String user, String mode) {
        FakeWorker worker = begin(user, mode);
        offer(worker, user);
        worker.drain();
    }

    private FakeWorker begin(String user, String mode) {
        Map<String, String> config = TaskRig.pairs(
                "name", user,
                "nats.auth.username", user,
                "nats.auth.password", PASSWORD,
                "nats.inbox.prefix", "_INBOX_" + user,
                "jetstream.stream", "",
                "publish.mode", mode);
        config.putAll(
                switch (user) {
                    case "prices" -> Map.of("target", "kv", "kv.bucket", "prices");
                    case "scans" ->
                        Map.of(
                                "jetstream.stream", "SCANS",
                                "subject", "scans",
                                "oversize", "object-store",
                                "oversize.bucket", "large");
                    case "logs" -> Map.of("subject", "logs.${partition}", "delivery.guarantee", "best-effort");
                    default ->
                        Map.of(
                                "jetstream.stream",
                                user.toUpperCase(Locale.ROOT),
                                "subject",
                                user + ".${partition}",
                                "delivery.guarantee",
                                user.equals("payments") ? "exactly-once" : "at-least-once",
                                "jetstream.stream.create",
                                Boolean.toString(user.equals("events")));
                });
        return rig.start(config);
    }

    private static void offer(FakeWorker worker, String user) {
        switch (user) {
            case "prices" -> worker.offer("k", "1");
            case "scans" -> worker.offerLarge(2_000_000);
            default -> worker.offer(100);
        }
    }

    /** The one block of users that the document has. */
    private static String documented() throws IOException {
        String text = Files.readString(DOCUMENT);
        int begin = text.indexOf("```\nauthorization {") + 4;
        return text.substring(begin, text.indexOf("```", begin)).replaceAll("#.*", "");
    }

    private void serve(String users) throws Exception {
        rig.serve(users.replaceAll("\\$[A-Z]+_PASSWORD", PASSWORD)
                .replaceFirst("users: \\[", "users: [ { user: admin, password: admin }"));
        rig.create(StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders.>")
                .allowBatched());
        rig.create(StreamConfiguration.builder()
                .name("PAYMENTS")
                .subjects("payments.>", "jetsink.offsets.payments.>")
                .allowAtomicPublish()
                .allowRollup(true));
        for (String name : List.of("SCANS", "LOGS")) {
            String subject = name.toLowerCase(Locale.ROOT);
            rig.create(StreamConfiguration.builder()
                    .name(name)
                    .subjects(subject, subject + ".>")
                    .allowBatched());
        }
        try (Connection connection = rig.connect()) {
            connection
                    .keyValueManagement()
                    .create(KeyValueConfiguration.builder("prices").build());
            connection
                    .objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder("large").build());
        }
    }
}
