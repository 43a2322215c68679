package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The users of operations.md: each may do what its connector needs, and nothing that it does not need. */
class LeastPrivilegeIT {
    private static final Path DOCUMENT = Path.of("src/docs/operations.md");
    private static final String PASSWORD = "pass";
    private static final Duration SOON = Duration.ofSeconds(25);

    private final List<FakeWorker> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(FakeWorker::stop);
    }

    @Test
    void nothingIsDeniedToTheUsersThatAreDocumented() throws Exception {
        try (NatsServer nats = server(documented());
                Connection admin = admin(nats)) {
            create(admin);
            for (String mode : List.of("async", "sync", "fast", "auto")) {
                run(nats, "orders", Map.of("publish.mode", mode)).drain();
            }
            for (String user : List.of("payments", "prices", "scans", "events", "logs")) {
                run(nats, user, Map.of()).drain();
            }

            assertThat(count(admin, "ORDERS")).isEqualTo(400);
            // With its marker.
            assertThat(count(admin, "PAYMENTS")).isEqualTo(101);
            assertThat(count(admin, "KV_prices")).isEqualTo(1);
            assertThat(count(admin, "SCANS")).isEqualTo(1);
            assertThat(count(admin, "OBJ_large")).isGreaterThan(1);
            assertThat(count(admin, "EVENTS")).isEqualTo(100);
            assertThat(count(admin, "LOGS")).isEqualTo(100);
            assertThat(Files.readString(nats.logs())).doesNotContainIgnoringCase("violation");
        }
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
        try (NatsServer nats =
                        server(taken.matcher(documented()).replaceFirst(permission.contains(",") ? "" : "\"none\""));
                Connection admin = admin(nats)) {
            create(admin);
            Map<String, String> fast = user.equals("orders") ? Map.of("publish.mode", "fast") : Map.of();
            FakeWorker worker = begin(nats, user, fast);

            assertThatThrownBy(() -> {
                        offer(worker, user);
                        worker.until("a refusal", SOON, () -> false);
                    })
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("the user of nats.auth.* " + expected);
        }
    }

    private FakeWorker run(NatsServer nats, String user, Map<String, String> more) {
        FakeWorker worker = begin(nats, user, more);
        offer(worker, user);
        return worker;
    }

    private FakeWorker begin(NatsServer nats, String user, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                user,
                "topics",
                "in",
                "nats.servers",
                nats.url(),
                "nats.auth.username",
                user,
                "nats.auth.password",
                PASSWORD,
                "nats.inbox.prefix",
                "_INBOX_" + user));
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
        config.putAll(more);
        FakeWorker worker = new FakeWorker("in", Impatient.task());
        started.add(worker);
        worker.start(config);
        return worker;
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

    private static NatsServer server(String users) {
        return NatsServer.builder()
                .config(users.replaceAll("\\$[A-Z]+_PASSWORD", PASSWORD)
                        .replaceFirst("users: \\[", "users: [ { user: admin, password: admin }"))
                .start();
    }

    private static Connection admin(NatsServer nats) throws Exception {
        return nats.connect(options -> options.userInfo("admin", "admin"));
    }

    private static void create(Connection admin) throws Exception {
        var management = admin.jetStreamManagement();
        management.addStream(StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders.>")
                .allowBatched()
                .build());
        management.addStream(StreamConfiguration.builder()
                .name("PAYMENTS")
                .subjects("payments.>", "jetsink.offsets.payments.>")
                .allowAtomicPublish()
                .allowRollup(true)
                .build());
        for (String name : List.of("SCANS", "LOGS")) {
            String subject = name.toLowerCase(Locale.ROOT);
            management.addStream(StreamConfiguration.builder()
                    .name(name)
                    .subjects(subject, subject + ".>")
                    .allowBatched()
                    .build());
        }
        admin.keyValueManagement()
                .create(KeyValueConfiguration.builder().name("prices").build());
        admin.objectStoreManagement()
                .create(ObjectStoreConfiguration.builder().name("large").build());
    }

    private static long count(Connection admin, String stream) throws Exception {
        return admin.jetStreamManagement()
                .getStreamInfo(stream)
                .getStreamState()
                .getMsgCount();
    }
}
