package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectStatus;
import io.jetsink.support.stream.StreamReport;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamInfoOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What people do to topic, connector and stream of an exactly-once connector, on the packaged plugin in a real worker. */
class ExactlyOnceTopicsIT {
    private static final Map<String, String> EXACTLY_ONCE = Map.of("delivery.guarantee", "exactly-once");
    private static final Map<String, String> AT_LEAST_ONCE = Map.of("publish.mode", "async");
    /** Another topic by a transform, which the subject shows, and another format. */
    private static final Map<String, String> OTHERWISE = Map.of(
            "delivery.guarantee", "exactly-once",
            "transforms", "route",
            "transforms.route.type", "org.apache.kafka.connect.transforms.RegexRouter",
            "transforms.route.regex", ".*",
            "transforms.route.replacement", "routed",
            "value.converter", "org.apache.kafka.connect.storage.StringConverter",
            "subject", "changed.${topic}.${partition}");

    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.shared();
    }

    @Test
    void aLongerTopicOfTheSameNameIsToldFromTheOldOne() throws Exception {
        recreateStopped("longer", 1, 500, 800);
    }

    @Tag("faults")
    @Test
    void aShorterTopicOfTheSameNameIsToldFromTheOldOne() throws Exception {
        recreateStopped("shorter", 2, 500, 200);
    }

    @Tag("faults")
    @Test
    void aTopicOfTheSameSizeIsToldFromTheOldOne() throws Exception {
        recreateStopped("same", 2, 500, 500);
    }

    private static void recreateStopped(String name, int partitions, long before, long after) throws Exception {
        bridge.createTopicAndOnceStream(name, partitions);
        bridge.run(name, 1, EXACTLY_ONCE);
        produce(name, partitions, before);
        bridge.awaitDrained(name);
        long last = bridge.nats().lastSequence(name);

        bridge.rest().stop(name);
        bridge.kafka().createTopicAgain(name, partitions);
        List<Long> produced = produce(name, partitions, after);
        bridge.rest().resume(name);
        // Each partition has a log of its own, and so an error of its own.
        for (int partition = 0; partition < partitions; partition++) {
            doAsItSays(name, after < before ? warning(name, partition) : error(name));
        }
        bridge.awaitDrained(name);

        assertBehind(name, last, before * partitions, produced);
        bridge.rest().delete(name);
    }

    @Tag("faults")
    @Test
    void aShorterTopicThatTakesTheNameWhileTheConnectorRunsIsToldFromTheOldOne() throws Exception {
        recreateRunning("shorter-running", 500, 200);
    }

    @Tag("faults")
    @Test
    void aLongerTopicThatTakesTheNameWhileTheConnectorRunsIsToldFromTheOldOne() throws Exception {
        recreateRunning("longer-running", 500, 800);
    }

    private static void recreateRunning(String name, long before, long after) throws Exception {
        bridge.createTopicAndOnceStream(name, 1);
        bridge.run(name, 1, EXACTLY_ONCE);
        produce(name, 1, before);
        bridge.awaitDrained(name);
        long last = bridge.nats().lastSequence(name);

        bridge.kafka().createTopicAgain(name, 1);
        List<Long> produced = produce(name, 1, after);
        doAsItSays(name, after < before ? warning(name, 0) : error(name));
        bridge.awaitDrained(name);

        assertBehind(name, last, before, produced);
        bridge.rest().delete(name);
    }

    /** What a failed task says. */
    private static String error(String name) {
        String trace = bridge.rest().awaitFailed(name).tasks().stream()
                .filter(task -> task.state().equals("FAILED"))
                .map(ConnectStatus.Task::trace)
                .findFirst()
                .orElseThrow();
        assertThat(trace).contains("Was the topic deleted and created again?");
        return trace;
    }

    /** What a task says that has seen no record of which it is certain that it belongs to another topic. */
    private static String warning(String name, int partition) {
        String begin = name + "-" + partition + ": offsets ";
        Awaitility.await("a warning of " + begin)
                .atMost(Duration.ofSeconds(90))
                .until(() -> !bridge.logged(begin).isEmpty());
        assertThat(bridge.rest().status(name).tasks())
                .allSatisfy(task -> assertThat(task.state()).isNotEqualTo("FAILED"));
        String line = bridge.logged(begin).get(0);
        assertThat(line).contains("deleted and created again");
        return line;
    }

    /** Sets offsets by the very text that the task has given. */
    private static void doAsItSays(String name, String text) {
        Matcher body = Pattern.compile(
                        "PATCH /connectors/<name>/offsets with (\\{\"offsets\".*\"kafka_partition\": (\\d+).*}]})")
                .matcher(text);
        assertThat(body.find()).as(text).isTrue();
        TopicPartition told = new TopicPartition(name, Integer.parseInt(body.group(2)));
        assertThat(bridge.committed(name).getOrDefault(told, 0L))
                .as("nothing of %s is dropped", told)
                .isZero();
        bridge.rest().stop(name);
        bridge.onceStopped(() -> bridge.rest().alterOffsets(name, body.group(1)));
        bridge.rest().resume(name);
    }

    /** All that was produced lies behind what was there before. */
    private static void assertBehind(String name, long lastSequence, long before, List<Long> produced)
            throws Exception {
        StreamTally tally = bridge.read(name);
        tally.after(lastSequence).assertClean(produced);
        assertThat(tally.entries()).hasSize((int) (before + sum(produced)));
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** Topic, format and the order of timestamps are not what the connector goes by, when it knows nothing but markers. */
    @Test
    void aConnectorThatIsCreatedAgainOtherwiseGoesOnWhereItWas() throws Exception {
        bridge.createTopicAndOnceStream("changed", 2);
        long now = System.currentTimeMillis();
        try (LoadProducer load = bridge.load("changed", 2)
                .recordsPerSecond(2_000)
                .timestamps(sequence -> now - sequence * 7_919 % 100_000)
                .build()) {
            bridge.run("changed", 2, EXACTLY_ONCE);
            load.start();
            bridge.awaitMore("changed", 2_000);
            bridge.rest().delete("changed");
            bridge.forgetGroup("changed");
            bridge.run("changed", 1, OTHERWISE);
            bridge.awaitMore("changed", 2_000);
            bridge.rest().delete("changed");
            bridge.forgetGroup("changed");
            bridge.run("changed", 2, EXACTLY_ONCE);
            bridge.awaitMore("changed", 2_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("changed");

            bridge.report("changed", produced).assertClean();
            StreamInfoOptions routed = StreamInfoOptions.filterSubjects("changed.routed.*");
            Map<String, Long> subjects = bridge.nats()
                    .ask(streams -> streams.getStreamInfo("changed", routed)
                            .getStreamState()
                            .getSubjectMap());
            assertThat(subjects).isNotEmpty();
            assertSaidNothing("changed");
        }
        bridge.rest().delete("changed");
    }

    /** The consumer begins at the end of the topic; the markers know better. */
    @Tag("faults")
    @Test
    void offsetsThatKafkaHasForgottenLoseNothing() throws Exception {
        Map<String, String> latest =
                Map.of("delivery.guarantee", "exactly-once", "consumer.override.auto.offset.reset", "latest");
        bridge.createTopicAndOnceStream("forgotten", 2);
        bridge.run("forgotten", 1, EXACTLY_ONCE);
        try (LoadProducer load = bridge.load("forgotten", 2).build()) {
            load.produce(100);
            bridge.awaitDrained("forgotten");
            bridge.rest().delete("forgotten");
            bridge.forgetGroup("forgotten");
            load.produce(50);
            bridge.run("forgotten", 1, latest);
            Awaitility.await("a consumer that goes back")
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> bridge.logged("the consumer is moved back to offset 100").stream()
                                    .filter(line -> line.contains("forgotten-"))
                                    .count()
                            == 2);
            List<Long> produced = load.produce(10);
            bridge.awaitDrained("forgotten");

            bridge.report("forgotten", produced).assertClean();
        }
        bridge.rest().delete("forgotten");
    }

    @Test
    void otherGuaranteesInBetweenAndMarkersThatArePurgedLeaveNoTrace() throws Exception {
        bridge.createTopicAndOnceStream("switched", 2);
        try (LoadProducer load =
                bridge.load("switched", 2).recordsPerSecond(2_000).build()) {
            load.start();
            for (Map<String, String> guarantee : List.of(EXACTLY_ONCE, AT_LEAST_ONCE, EXACTLY_ONCE)) {
                long started = tasksStarted("switched");
                bridge.run("switched", 2, guarantee);
                Awaitility.await("tasks with it").until(() -> tasksStarted("switched") == started + 2);
                bridge.awaitMore("switched", 2_000);
            }
            purge("switched", PurgeOptions.subject("jetsink.offsets.>"));
            bridge.awaitMore("switched", 2_000);
            bridge.rest().stop("switched");
            purge("switched", PurgeOptions.subject("jetsink.offsets.>"));
            bridge.rest().resume("switched");
            bridge.awaitMore("switched", 2_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("switched");
            bridge.report("switched", produced).assertClean();

            purge("switched", PurgeOptions.builder().build());
            List<Long> more = load.produce(500);
            bridge.awaitDrained("switched");
            StreamReport report = bridge.report("switched", more);
            assertThat(report.lost()).as("what was purged").isEqualTo(sum(produced));
            assertThat(report.duplicated() + report.outOfOrder() + report.foreign())
                    .isZero();
        }
        bridge.rest().delete("switched");
    }

    private static long tasksStarted(String name) {
        return bridge.logged("Creating task " + name + "-").size();
    }

    private static void purge(String stream, PurgeOptions what) {
        bridge.nats().ask(streams -> streams.purgeStream(stream, what));
    }

    private static void assertSaidNothing(String name) {
        assertThat(bridge.logged(name + "-"))
                .noneMatch(line -> line.contains("is fenced"))
                .noneMatch(line -> line.contains("Was the topic deleted"))
                .noneMatch(line -> line.contains("is no longer in the topic"));
    }

    private static List<Long> produce(String name, int partitions, long records) throws Exception {
        try (LoadProducer load = bridge.load(name, partitions).build()) {
            return load.produce(records);
        }
    }
}
