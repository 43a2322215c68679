package io.jetsink.nats.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.api.StreamConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which subject a probe has, and when there is none. */
class ProbeTest {
    @ParameterizedTest
    @CsvSource({
        "orders,          orders,        orders",
        "orders.eu,       orders.>,      orders.eu",
        "orders.*,        orders.>,      orders.jetsink-preflight",
        "orders.>,        orders.*.new,  orders.jetsink-preflight.new",
        "*.new,           orders.*,      ",
        "orders.*.>,      >,             orders.jetsink-preflight.jetsink-preflight",
        ">,               orders.>,      orders.jetsink-preflight",
        "$KV.prices.*,    $KV.prices.>,  $KV.prices.jetsink-preflight",
        // Whether any message has this subject is not known.
        ">,               orders,        ",
        "orders.*,        orders.eu,     ",
        "orders.*,        others.>,      ",
    })
    void liesWithinTemplateAndStream(String filter, String taken, String expected) {
        Probe probe = Probe.of(List.of(filter), stream(taken));

        assertThat(probe == null ? null : probe.subject()).isEqualTo(expected);
        assertThat(probe == null || probe.isExact() == filter.equals(expected)).isTrue();
    }

    @Test
    void isRatherOneThatMessagesHaveForCertain() {
        assertThat(Probe.of(List.of("a.*", "b"), stream(">"))).isEqualTo(new Probe("b", true));
    }

    @Test
    void guessesNothingOfAStreamThatIsNotKnown() {
        assertThat(Probe.of(List.of("orders.*"), null)).isNull();
        assertThat(Probe.of(List.of("orders"), null)).isEqualTo(new Probe("orders", true));
    }

    private static TargetStream stream(String subject) {
        return new TargetStream(
                "ORDERS",
                StreamConfiguration.builder().name("ORDERS").subjects(subject).build(),
                "unused");
    }
}
