package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker stands still until another one has taken over from it, and comes to, in the middle of what it was doing. */
@Tag("faults")
class ExactlyOnceZombieIT {
    private static final Logger LOG = LoggerFactory.getLogger(ExactlyOnceZombieIT.class);
    private static final String NAME = "zombie";

    /** Missed soon, and with more in hand than it may publish at once. */
    private static final Map<String, String> CONFIG = Map.of(
            "delivery.guarantee", "exactly-once",
            "publish.max.pending", "200",
            "consumer.override.max.poll.records", "2000",
            "consumer.override.session.timeout.ms", "10000",
            "consumer.override.heartbeat.interval.ms", "3000");

    private Bridge bridge;

    @BeforeEach
    void start() {
        bridge = Bridge.start(2);
    }

    @AfterEach
    void stop() {
        bridge.close();
    }

    /**
     * {@code ExactlyOnceFaultsIT} makes a task meet its fence. Here it may not come to that: what the worker finds first,
     * its loss of the group or the refusal of its batch, is a race; if it is the group, its partitions are closed and
     * nobody is left to be told. So what is strict is that it stores nothing, that it says so at most once for each
     * partition that it had, that its successor is not fenced, and that both go on.
     */
    @Test
    void aWorkerThatIsTakenForDeadStoresNothingMore() throws Exception {
        bridge.createTopicAndOnceStream(NAME, 4);
        bridge.run(NAME, 2, CONFIG);
        try (LoadProducer load = bridge.load(NAME, 4).recordsPerSecond(8_000).build()) {
            ConnectWorker successor = bridge.connect().worker(0);
            ConnectWorker zombie = bridge.connect().worker(1);
            awaitShares(zombie, successor);
            load.start();
            // What is committed is claimed. Who is frozen before that may claim late, and its successor is told.
            awaitAllPartitions(load);
            Set<TopicPartition> had = partitions(zombie);
            zombie.sigstop();
            // The load is spread over all partitions: only when all move on, the other worker has taken over.
            awaitAllPartitions(load);
            zombie.sigcont();
            awaitShares(zombie, successor);
            awaitAllPartitions(load);
            List<Long> produced = load.stop();
            bridge.awaitDrained(NAME);

            bridge.report(NAME, produced).assertClean();
            List<String> fenced = fenced(zombie);
            LOG.info("of {}, it was told that {} are fenced", had, fenced);
            assertThat(fenced)
                    .doesNotHaveDuplicates()
                    .isSubsetOf(had.stream().map(TopicPartition::toString).toList());
            assertThat(fenced(successor)).isEmpty();
            assertThat(bridge.rest().status(NAME).running(2)).isTrue();
        }
    }

    /** The partitions that a worker has said to be fenced, each as often as it did. */
    private static List<String> fenced(ConnectWorker worker) {
        return Pattern.compile("(" + NAME + "-\\d+) is fenced")
                .matcher(worker.log())
                .results()
                .map(line -> line.group(1))
                .toList();
    }

    /** What the tasks of one worker have, by the consumers' group. */
    private Set<TopicPartition> partitions(ConnectWorker worker) throws Exception {
        Set<String> clients = bridge.rest().status(NAME).tasks().stream()
                .filter(task -> task.worker().equals(worker.url().getAuthority()))
                .map(task -> "connector-consumer-" + NAME + "-" + task.id())
                .collect(Collectors.toSet());
        return bridge.kafka().members("connect-" + NAME).stream()
                .filter(member -> clients.contains(member.clientId()))
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .collect(Collectors.toSet());
    }

    /** Waits until each of the two has a task with partitions. */
    private void awaitShares(ConnectWorker one, ConnectWorker other) {
        Awaitility.await("partitions on each worker")
                .atMost(Duration.ofSeconds(90))
                .until(() -> bridge.rest().status(NAME).running(2)
                        && partitions(one).size() == 2
                        && partitions(other).size() == 2);
    }

    /** Waits until what Kafka has a while from now is committed in every partition. */
    private void awaitAllPartitions(LoadProducer load) {
        load.awaitAcked(load.acked() + 16_000, Duration.ofSeconds(30));
        long share = load.acked() / 4;
        Awaitility.await("every partition to move on")
                .atMost(Duration.ofSeconds(90))
                .until(() -> {
                    Map<TopicPartition, Long> committed = bridge.committed(NAME);
                    return committed.size() == 4 && committed.values().stream().allMatch(offset -> offset >= share);
                });
    }
}
