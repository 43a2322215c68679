package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.support.nats.NatsDomains;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connected to a leaf node with a JetStream of its own, the connector writes into a stream of the hub. */
class DomainIT {
    private static NatsDomains domains;

    @RegisterExtension
    final TaskRig rig =
            TaskRig.unserved("orders").impatient().with("name", "orders-to-nats", "subject", "orders.${partition}");

    @BeforeAll
    static void start() throws Exception {
        domains = NatsDomains.start();
    }

    @AfterAll
    static void stop() throws Exception {
        domains.close();
    }

    @BeforeEach
    void connect() {
        rig.nats = domains.hub();
        rig.with("nats.servers", domains.leaf().url());
    }

    @AfterEach
    void clean() {
        rig.worker.stop();
        if (rig.streams().contains(rig.name)) {
            rig.ask(streams -> streams.deleteStream(rig.name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jetstream.domain,     hub,          publish.mode,       fast,         500",
        "jetstream.api.prefix, $JS.hub.API,  publish.mode,       fast,         500",
        "jetstream.domain,     hub,          publish.mode,       async,        500",
        "jetstream.domain,     hub,          delivery.guarantee, exactly-once, 251",
        "jetstream.api.prefix, $JS.hub.API., delivery.guarantee, exactly-once, 251",
    })
    void aStreamIsCreatedFoundAndWrittenThere(String where, String name, String how, String value, long stored)
            throws Exception {
        feed(where, name, how, value, "jetstream.stream.create", "true");

        // The second time it exists, and with exactly-once the marker that tells that these records are stored.
        feed(where, name, how, value);

        assertThat(rig.stored()).isEqualTo(stored);
    }

    @Test
    void aStreamIsFoundBySubjectThere() throws Exception {
        rig.create(rig.stream("orders.*").allowBatched());

        feed("jetstream.domain", "hub", "publish.mode", "fast", "jetstream.stream", "");

        assertThat(rig.stored()).isEqualTo(250);
    }

    @ParameterizedTest
    @ValueSource(strings = {"leaf", ""})
    void elsewhereThereIsNoSuchStream(String domain) throws Exception {
        rig.create(rig.stream("orders.*").allowBatched());

        assertThat(rig.start("jetstream.domain", domain, "publish.mode", "fast").failure(1))
                .contains("there is no stream orders");
    }

    @Test
    void offsetsAreAlteredThere() throws Exception {
        rig.with("jetstream.domain", "hub", "mode", "exactly-once", "jetstream.stream.create", "true");
        feed();

        new NatsJetStreamSinkConnector()
                .alterOffsets(rig.config(Map.of()), Map.of(new TopicPartition("orders", 0), 240L));

        feed();
        assertThat(rig.stored()).isEqualTo(261);
    }

    private void feed(String... config) {
        FakeWorker worker = rig.start(config).settle(250);
        worker.stop();
    }
}
