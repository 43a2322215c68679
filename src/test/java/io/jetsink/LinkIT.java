package io.jetsink;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.config.SinkConfig;
import io.jetsink.delivery.Rejects;
import io.jetsink.delivery.SinkPipeline;
import io.jetsink.nats.NatsConnector;
import io.jetsink.publish.EpochLink;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.PublisherFactory;
import io.jetsink.publish.Publishers;
import io.jetsink.support.NatsCluster;
import io.jetsink.support.NatsServer;
import io.jetsink.support.StreamChecker;
import io.jetsink.support.StreamReport;
import io.jetsink.translate.RecordTranslator;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the connector makes of a real server that dies, hangs, refuses, or is another one than it should be. */
class LinkIT {
    private static final String STREAM = "orders";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADMIN = "{ user: admin, password: admin }";

    private final List<FakeWorker> started = new ArrayList<>();
    private LinkTask task;

    @AfterEach
    void stop() {
        started.forEach(FakeWorker::stop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync"})
    void sendsAgainInOrderWhatAKilledServerHasNotAcked(String mode) throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            create(nats, stream());
            FakeWorker worker = start(nats.url(), Map.of("publish.mode", mode));
            worker.feed(1_000);
            worker.drain();
            Publisher first = task.link.current();
            nats.sigstop();
            worker.offer(500);
            assertThat(worker.committable()).isEqualTo(1_000);

            nats.kill9();
            nats.restart();
            worker.feed(500);
            worker.drain();

            assertThat(task.link.current()).isNotNull().isNotSameAs(first);
            StreamReport report = report(nats, worker);
            report.assertOrderedAtLeastOnce();
            assertThat(report.delivered()).isEqualTo(2_000);
        }
    }

    @Test
    void replacesTheLinkToAServerThatStandsStill() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            create(nats, stream());
            FakeWorker worker =
                    start(nats.url(), Map.of("publish.ack.timeout.ms", "1200", "nats.connect.timeout.ms", "500"));
            worker.feed(1_000);
            worker.drain();
            Publisher first = task.link.current();
            nats.sigstop();
            long begin = System.nanoTime();
            worker.offer(500);

            worker.until("the link to be given up", PATIENCE, () -> task.link.current() != first);
            Duration noticed = Duration.ofNanos(System.nanoTime() - begin);
            // Said a moment after the link is given up.
            worker.until("a reason", PATIENCE, () -> !task.link.lastFailure().equals("no connection yet"));
            assertThat(task.link.lastFailure()).contains("no answer to a PING");
            nats.sigcont();
            worker.feed(500);
            worker.drain();

            // The ack timeout, and two seconds for the answer to the probe.
            assertThat(noticed).isBetween(Duration.ofMillis(3_100), Duration.ofMillis(5_000));
            StreamReport report = report(nats, worker);
            assertThat(report.lost()).isZero();
            assertThat(report.outOfOrder()).isZero();
        }
    }

    @Test
    void comesBackByItselfWhenItsUserDoes() throws Exception {
        String without = "authorization { users: [" + ADMIN + "] }";
        String with = "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge }] }";
        try (NatsServer nats = NatsServer.builder().config(with).start()) {
            create(nats, stream());
            FakeWorker worker = start(nats.url(), asBridge());
            worker.feed(1_000);
            worker.drain();

            nats.reload(without);
            worker.offer(500);
            worker.until("the refusal", PATIENCE, () -> task.link.lastFailure().contains("Authorization"));
            assertThat(task.link.lastFailure()).contains("nats.auth").doesNotContain("bridge");
            assertThat(task.link.current()).isNull();
            nats.reload(with);
            worker.drain();

            report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    @Test
    void asksSeldomWhileTheStreamIsMissing() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            FakeWorker worker = start(nats.url(), Map.of());
            long begin = System.nanoTime();
            worker.feed(1);
            worker.offer(500);
            worker.until("three seconds to pass", PATIENCE, () -> System.nanoTime() - begin > 3_000_000_000L);
            JsonNode varz = JSON.readTree(nats.monitor("/varz"));
            assertThat(task.link.lastFailure()).contains("503");
            assertThat(worker.committable()).isZero();

            create(nats, stream());
            worker.drain();

            // Each attempt is a connection with one message. More than one, or nothing would have been tried again.
            assertThat(varz.path("in_msgs").asLong()).isBetween(2L, 20L);
            assertThat(varz.path("total_connections").asLong()).isBetween(2L, 20L);
            report(nats, worker).assertClean();
        }
    }

    @Test
    void failsWhenAnotherStreamTakesTheMessages() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            create(nats, StreamConfiguration.builder().name("elsewhere").subjects(STREAM));
            FakeWorker worker = start(nats.url(), Map.of());

            assertThatThrownBy(() -> {
                        worker.offer(100);
                        worker.until("a failure", PATIENCE, () -> false);
                    })
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("'elsewhere'")
                    .hasMessageContaining("'" + STREAM + "'")
                    .hasMessageContaining("jetstream.stream")
                    .hasMessageContaining("subject");
            assertThat(worker.committable()).isZero();
        }
    }

    @Test
    void rejectsWhatIsLargerThanTheServerTakes() throws Exception {
        try (NatsServer nats = NatsServer.builder().config("max_payload: 4096").start()) {
            create(nats, stream());
            FakeWorker worker = start(nats.url(), Map.of());
            worker.offer(10);
            worker.offerLarge(4_097);
            worker.offerLarge(4_096);
            worker.offer(10);
            worker.drain();

            assertThat(worker.rejected)
                    .singleElement()
                    .satisfies(reason -> assertThat(reason)
                            .startsWith("10: ")
                            .contains("4097")
                            .contains("max_payload"));
            assertThat(sequences(nats)).containsExactlyElementsOf(numbers(worker, 10, 11));
            assertThat(stored(nats)).isEqualTo(21);
        }
    }

    @Test
    void rejectsInOrderWhatTheStreamRefuses() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            create(nats, stream().maximumMessageSize(1_000));
            FakeWorker worker = start(nats.url(), Map.of());
            for (int i = 0; i < 10; i++) {
                worker.offer(99);
                worker.offerLarge(2_000);
            }
            worker.drain();

            assertThat(worker.rejected).hasSize(10);
            for (int i = 0; i < 10; i++) {
                assertThat(worker.rejected.get(i))
                        .startsWith(i * 100 + 99 + ": ")
                        .contains("the server refused it")
                        .contains("10054");
            }
            assertThat(sequences(nats))
                    .containsExactlyElementsOf(numbers(
                            worker,
                            IntStream.range(0, 10).map(i -> i * 100 + 99).toArray()));
        }
    }

    @Test
    void saysWhichPermissionIsMissing() throws Exception {
        String denied = "authorization { users: [" + ADMIN
                + ", { user: bridge, password: bridge, permissions: { publish: { deny: [\"" + STREAM + "\"] } } }] }";
        String granted = "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge }] }";
        try (NatsServer nats = NatsServer.builder().config(denied).start()) {
            create(nats, stream());
            Map<String, String> config = asBridge();
            config.put("publish.ack.timeout.ms", "300");
            FakeWorker worker = start(nats.url(), config);
            worker.offer(500);

            worker.until(
                    "the refusal",
                    PATIENCE,
                    () -> task.link.lastFailure().contains("Permissions Violation for Publish to \"" + STREAM + "\""));
            assertThat(task.link.lastFailure()).contains("publish.ack.timeout.ms");
            nats.reload(granted);
            worker.drain();

            report(nats, worker).assertClean();
        }
    }

    @Test
    void namesThePermissionWhenTheRetryTimeoutIsOver() throws Exception {
        String denied = "authorization { users: [" + ADMIN
                + ", { user: bridge, password: bridge, permissions: { publish: { deny: [\"" + STREAM + "\"] } } }] }";
        try (NatsServer nats = NatsServer.builder().config(denied).start()) {
            create(nats, stream());
            Map<String, String> config = asBridge();
            config.put("publish.ack.timeout.ms", "200");
            config.put("publish.retry.timeout.ms", "2000");
            FakeWorker worker = start(nats.url(), config);

            assertThatThrownBy(() -> {
                        worker.offer(10);
                        worker.until("a failure", PATIENCE, () -> false);
                    })
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("publish.retry.timeout.ms")
                    .hasMessageContaining("Permissions Violation for Publish to \"" + STREAM + "\"");
        }
    }

    @Test
    void goesOnWithAServerThatItHasDiscovered() throws Exception {
        try (NatsCluster cluster = NatsCluster.start()) {
            try (Connection connection = cluster.connect()) {
                connection.jetStreamManagement().addStream(stream().replicas(3).build());
            }
            // Not the stream's leader, whose loss would stop the stream for a while.
            NatsServer leader = cluster.streamLeader(STREAM);
            NatsServer configured = cluster.server(cluster.server(0) == leader ? 1 : 0);
            FakeWorker worker = start(configured.url(), Map.of("nats.connect.timeout.ms", "1000"));
            worker.feed(500);
            worker.drain();

            configured.kill9();
            worker.feed(500);
            worker.drain();

            assertThat(sequencesFromLeader(leader)).containsExactlyElementsOf(numbers(worker));
        }
    }

    @Test
    void bestEffortKeepsWhatItReadWithoutAConnection() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            create(nats, stream());
            FakeWorker worker = start(nats.url(), Map.of("delivery.guarantee", "best-effort"));
            worker.feed(1_000);
            worker.drain();
            // A server has read what was written to it before it has stored it.
            await().until(() -> stored(nats) == 1_000);

            nats.kill9();
            worker.until("the loss to be known", PATIENCE, () -> task.link.current() == null);
            worker.offer(500);
            assertThat(worker.committable()).isEqualTo(1_000);
            nats.restart();
            worker.drain();

            report(nats, worker).assertClean();
        }
    }

    private FakeWorker start(String url, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "link",
                "topics", STREAM,
                "nats.servers", url,
                "jetstream.stream", STREAM));
        config.putAll(more);
        task = new LinkTask();
        FakeWorker worker = new FakeWorker(STREAM, task);
        started.add(worker);
        worker.start(config);
        return worker;
    }

    private static Map<String, String> asBridge() {
        return new HashMap<>(Map.of("nats.auth.username", "bridge", "nats.auth.password", "bridge"));
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder().name(STREAM).subjects(STREAM);
    }

    private static Connection connect(NatsServer nats) throws IOException, InterruptedException {
        return nats.connect(options -> options.userInfo("admin", "admin"));
    }

    private static void create(NatsServer nats, StreamConfiguration.Builder stream) throws Exception {
        try (Connection connection = connect(nats)) {
            connection.jetStreamManagement().addStream(stream.build());
        }
    }

    private static long stored(NatsServer nats) throws Exception {
        try (Connection connection = connect(nats)) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(STREAM)
                    .getStreamState()
                    .getMsgCount();
        }
    }

    private static StreamReport report(NatsServer nats, FakeWorker worker) throws Exception {
        try (Connection connection = connect(nats)) {
            return StreamChecker.read(connection, STREAM).report(List.of(worker.consumed()));
        }
    }

    /** The numbers of the records in the stream, as they lie there. */
    private static List<Long> sequences(NatsServer nats) throws Exception {
        try (Connection connection = connect(nats)) {
            return StreamChecker.read(connection, STREAM).entries().stream()
                    .map(entry -> entry.sequence())
                    .toList();
        }
    }

    /**
     * The numbers of the first copies, one request each. A consumer would need a leader of the cluster, which may be gone,
     * and may read a replica that lags.
     */
    private static Set<Long> sequencesFromLeader(NatsServer leader) throws Exception {
        try (Connection connection = leader.connect()) {
            JetStreamManagement management = connection.jetStreamManagement();
            long last = management.getStreamInfo(STREAM).getStreamState().getLastSequence();
            Set<Long> numbers = new LinkedHashSet<>();
            for (long sequence = 1; sequence <= last; sequence++) {
                String value =
                        new String(management.getMessage(STREAM, sequence).getData(), US_ASCII);
                numbers.add(Long.parseLong(value.split(":", -1)[1]));
            }
            return numbers;
        }
    }

    /** The numbers of all records offered so far but for some, which have none in their value. */
    private static List<Long> numbers(FakeWorker worker, int... without) {
        return IntStream.range(0, (int) worker.consumed())
                .filter(number -> IntStream.of(without).noneMatch(left -> left == number))
                .mapToObj(number -> (long) number)
                .toList();
    }

    /** What the connector's task consists of, with its link in sight. */
    private static final class LinkTask extends SinkTask {
        private EpochLink link;
        private SinkPipeline pipeline;

        @Override
        public void start(Map<String, String> props) {
            SinkConfig config = SinkConfig.parse(props);
            RecordTranslator translator = new RecordTranslator(config.translation(), config.connectorName());
            PublisherFactory publishers = Publishers.of("link-0", config, translator.subjects());
            NatsConnector connector = new NatsConnector(
                    config.connection(),
                    "link-0",
                    config.publish().ackTimeout(),
                    2 * config.publish().maxPending());
            link = new EpochLink("link-0", connector, publishers, config.connection());
            pipeline = new SinkPipeline(
                    context,
                    translator,
                    link,
                    new Rejects(context.errantRecordReporter(), true, false),
                    config.publish(),
                    System::nanoTime);
            link.open();
        }

        @Override
        public void open(Collection<TopicPartition> partitions) {
            pipeline.open(partitions);
        }

        @Override
        public void put(Collection<SinkRecord> records) {
            try {
                pipeline.put(records);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
            return pipeline.preCommit(current);
        }

        @Override
        public void close(Collection<TopicPartition> partitions) {
            pipeline.close(partitions);
        }

        @Override
        public void stop() {
            link.close(Duration.ofMillis(500));
        }

        @Override
        public String version() {
            return "test";
        }
    }
}
