package io.jetsink.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.LoadProducer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ConnectClusterIT {
    private static KafkaCluster broker;

    @BeforeAll
    static void startBroker() {
        broker = KafkaCluster.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void startsAWorkerThatListsPluginsAndStopsCleanly() {
        try (ConnectCluster cluster = ConnectCluster.builder(broker.bootstrap()).start()) {
            assertThat(cluster.rest().plugins())
                    .containsKey("org.apache.kafka.connect.converters.ByteArrayConverter")
                    .doesNotContainKey("io.jetsink.NatsJetStreamSinkConnector");
            assertThat(cluster.rest().connectors()).isEmpty();
            assertThatThrownBy(() -> cluster.rest().create("nobody", Map.of("connector.class", "no.such.Connector")))
                    .isInstanceOf(RestException.class)
                    .hasMessageContaining("no.such.Connector");

            ConnectWorker worker = cluster.worker(0);
            Duration stopping = worker.sigterm();

            assertThat(worker.alive()).isFalse();
            assertThat(stopping).isLessThan(Duration.ofSeconds(30));
            assertThat(worker.log()).contains("Kafka Connect stopped");
        }
    }

    @Test
    void goesOnWithTheOtherWorkerAfterAKillAndStartsTheFirstAgain() {
        try (ConnectCluster cluster = ConnectCluster.builder(broker.bootstrap())
                .property("group.id", "two-workers")
                .property("config.storage.topic", "two-workers-config")
                .property("offset.storage.topic", "two-workers-offset")
                .property("status.storage.topic", "two-workers-status")
                .start()) {
            ConnectWorker first = cluster.worker(0);
            ConnectWorker second = cluster.addWorker();

            first.kill9();

            assertThat(first.alive()).isFalse();
            assertThat(cluster.rest().url()).isEqualTo(second.url());
            assertThat(cluster.rest().connectors()).isEmpty();

            URI url = first.url();
            first.restart();

            assertThat(first.alive()).isTrue();
            assertThat(first.url()).isEqualTo(url);
        }
    }

    @Test
    void startsAnEmbeddedWorkerWithTheConnectorsOfTheClassPath() {
        try (EmbeddedWorker worker = EmbeddedWorker.start(broker.bootstrap())) {
            assertThat(worker.rest().plugins()).containsKey("org.apache.kafka.connect.storage.StringConverter");
            assertThat(worker.rest().connectors()).isEmpty();
        }
    }

    @Test
    void producesTheSameNumbersWhileTheBrokerIsKilled() {
        try (KafkaCluster victim = KafkaCluster.start();
                LoadProducer load = LoadProducer.to(victim.bootstrap(), "load")
                        .partitions(2)
                        .recordsPerSecond(2_000)
                        .build()) {
            victim.createTopic("load", 2);
            load.start();
            load.awaitAcked(500, Duration.ofSeconds(30));

            victim.kill9();
            victim.restart();
            load.awaitAcked(load.acked() + 500, Duration.ofSeconds(30));
            List<Long> counts = load.stop();

            assertThat(victim.endOffsets("load"))
                    .isEqualTo(Map.of(
                            new TopicPartition("load", 0), counts.get(0),
                            new TopicPartition("load", 1), counts.get(1)));
        }
    }
}
