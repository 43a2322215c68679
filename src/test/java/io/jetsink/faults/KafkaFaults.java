package io.jetsink.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.stream.StreamTally;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What happens to the broker and to topics. */
final class KafkaFaults {
    /** The partition that the load does not write. */
    private static final int OTHER = 2;

    private static final int BROKERS = 3;

    private static final String DEAD_LETTERS = "dead-letters";

    private KafkaFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(29, "only broker killed", WorkerScene.of(KafkaFaults::killBroker)),
                Scenario.of(
                        29,
                        "partition leader killed, of three brokers",
                        WorkerScene.of(KafkaFaults::killLeaders).brokers(BROKERS)),
                Scenario.of(
                        29,
                        "two of three brokers killed",
                        WorkerScene.of(KafkaFaults::loseQuorum).brokers(BROKERS)),
                Scenario.of(
                        31,
                        "dead letter queue unavailable for a while",
                        WorkerScene.of(KafkaFaults::loseDeadLetters)
                                .morePartitions(1)
                                .config("errors.tolerance", "all")
                                .config("errors.deadletterqueue.topic.name", DEAD_LETTERS)
                                .config("errors.deadletterqueue.topic.replication.factor", "1")
                                .config("producer.override.max.request.size", Integer.toString(4 << 20))
                                .config("producer.override.compression.type", "gzip")
                                .atTheEnd(KafkaFaults::deadLetterIsThere)),
                Scenario.of(
                        34,
                        "aborted transactions",
                        WorkerScene.of(KafkaFaults::abort)
                                .morePartitions(1)
                                .config("consumer.override.isolation.level", "read_committed")));
    }

    private static void killBroker(WorkerSite site) {
        for (int i = 0; i < 2; i++) {
            site.awaitFlow();
            site.bridge().kafka().kill9();
            site.hold(Duration.ofSeconds(1), Duration.ofSeconds(5));
            site.bridge().kafka().restart();
            site.healed();
        }
    }

    /** The others go on without it; each time it is the leader of another connector's partition. */
    private static void killLeaders(WorkerSite site) {
        KafkaCluster kafka = site.bridge().kafka();
        for (WorkerLane lane : site.lanes()) {
            int leader =
                    kafka.leader(new TopicPartition(lane.name(), site.random().nextInt(2)));
            kafka.kill9(leader);
            site.awaitFlow();
            kafka.restart();
            site.healed();
        }
    }

    /** Nothing can be written then, neither records nor offsets, and no topic's replicas are in sync. */
    private static void loseQuorum(WorkerSite site) {
        KafkaCluster kafka = site.bridge().kafka();
        for (int i = 0; i < 2; i++) {
            site.awaitFlow();
            int stays = site.random().nextInt(BROKERS);
            for (int broker = 0; broker < BROKERS; broker++) {
                if (broker != stays) {
                    kafka.kill9(broker);
                }
            }
            site.hold(Duration.ofSeconds(5), Duration.ofSeconds(15));
            kafka.restart();
            site.healed();
        }
    }

    /** What is aborted would be foreign in the stream; offsets have gaps where markers lie. */
    private static void abort(WorkerSite site) throws Exception {
        for (WorkerLane lane : site.lanes()) {
            try (KafkaProducer<byte[], byte[]> producer =
                    producer(site.bridge().kafka(), Map.of("transactional.id", lane.name()))) {
                producer.initTransactions();
                long number = 0;
                for (int i = 0; i < 40; i++) {
                    boolean aborted = i % 2 == 1;
                    producer.beginTransaction();
                    for (int j = 0; j < 10; j++) {
                        String value = aborted ? "aborted" : OTHER + ":" + number++ + ":";
                        producer.send(new ProducerRecord<>(lane.name(), OTHER, null, value.getBytes(US_ASCII)));
                    }
                    if (aborted) {
                        producer.flush();
                        producer.abortTransaction();
                    } else {
                        producer.commitTransaction();
                    }
                }
                sendLast(site, lane, number);
            }
        }
    }

    /** Outside of transactions, so that no marker is last: a consumer's offset stays before it. */
    private static void sendLast(WorkerSite site, WorkerLane lane, long number) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(site.bridge().kafka(), Map.of())) {
            byte[] value = (OTHER + ":" + number + ":").getBytes(US_ASCII);
            producer.send(new ProducerRecord<>(lane.name(), OTHER, null, value)).get();
        }
        lane.producedMore(number + 1);
    }

    /** A record that is too large for the stream, while its dead letter cannot be written. */
    private static void loseDeadLetters(WorkerSite site) throws Exception {
        KafkaCluster kafka = site.bridge().kafka();
        kafka.admin().deleteTopics(List.of(DEAD_LETTERS)).all().get(30, TimeUnit.SECONDS);
        for (WorkerLane lane : site.lanes()) {
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka, Map.of())) {
                producer.send(new ProducerRecord<>(lane.name(), OTHER, null, new byte[(1 << 20) + 1]))
                        .get();
            }
            lane.producedMore(0);
        }
        site.hold(Duration.ofSeconds(15));
        for (WorkerLane lane : site.lanes()) {
            long committed =
                    site.bridge().committed(lane.name()).getOrDefault(new TopicPartition(lane.name(), OTHER), 0L);
            if (committed > 0) {
                lane.problem("the rejected record is committed, and its dead letter is not written");
            }
        }
        kafka.createTopic(DEAD_LETTERS, 1);
    }

    private static void deadLetterIsThere(WorkerSite site, WorkerLane lane, StreamTally tally) {
        long letters = site.bridge().kafka().endOffsets(DEAD_LETTERS).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        if (letters < site.lanes().size()) {
            lane.problem(letters + " dead letters of " + site.lanes().size() + " connectors");
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(KafkaCluster kafka, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", kafka.bootstrap());
        config.put("max.request.size", 4 << 20);
        config.put("compression.type", "gzip");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
