package io.jetsink.publish.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.SinkConfig;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.once.MarkerSubjects;
import io.nats.client.api.Source;
import io.nats.client.api.StreamConfiguration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that cannot copy markers of exactly-once. No server that has atomic batches and refuses rollups is at hand. */
class DownstreamTest {
    private static final TargetStream ORDERS = new TargetStream(
            "ORDERS", StreamConfiguration.builder().name("ORDERS").build(), "$JS.API.");

    private final FakeConnection nats = new FakeConnection();

    @Test
    void namesAReaderOfMarkers() throws Exception {
        nats.serverVersion = "2.12.1";
        nats.answer = streams(
                Source.builder().name("ORDERS").build(),
                Source.builder().name("ORDERS").filterSubject("orders.>").build(),
                Source.builder()
                        .name("ORDERS")
                        .filterSubject("jetsink.*.orders.>")
                        .build());

        assertThat(risks())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line)
                                .contains(
                                        " sources ORDERS and does not allow rollups, which delivery.guarantee=exactly-once publishes,"
                                                + " so nats-server 2.12.1 stops copying at the first one: run nats stream edit R"))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("stream R0 "),
                        line -> assertThat(line).startsWith("stream R2 "));
        assertThat(nats.asked).containsExactly("$JS.API.STREAM.LIST");
    }

    @Test
    void asksNoServerThatCopiesRollups() throws Exception {
        nats.serverVersion = "2.14.0";

        assertThat(risks()).isEmpty();
        assertThat(nats.asked).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "no JSON", "{}", "{\"error\":{\"code\":503,\"err_code\":10008}}"})
    void findsNothingInAnotherAnswer(String answer) throws Exception {
        nats.serverVersion = "2.12.1";
        nats.answer = answer;

        assertThat(risks()).isEmpty();
        assertThat(nats.asked).hasSize(1);
    }

    private List<String> risks() throws Exception {
        SinkConfig config = SinkConfig.parse(Map.of(
                "name", "orders",
                "topics", "orders",
                "nats.servers", "nats://localhost",
                "jetstream.stream", "ORDERS",
                "delivery.guarantee", "exactly-once"));
        return new PreflightChecks(
                        config,
                        new CachedStreamLookup(config.jetStream(), List.of("orders")),
                        MarkerSubjects.of(config))
                .downstream(nats.connection(), ORDERS);
    }

    private static String streams(Source... sources) {
        return Stream.iterate(0, i -> i < sources.length, i -> i + 1)
                .map(i -> StreamConfiguration.builder()
                        .name("R" + i)
                        .sources(sources[i])
                        .build()
                        .toJson())
                .map(json ->
                        "{\"config\":" + json + ",\"created\":\"2026-01-01T00:00:00Z\",\"state\":{\"messages\":0}}")
                .collect(Collectors.joining(",", "{\"streams\":[", "]}"));
    }
}
