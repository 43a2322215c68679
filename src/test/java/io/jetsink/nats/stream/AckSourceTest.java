package io.jetsink.nats.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.FakeConnection;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.NatsMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nats-servers 2.9 to 2.15 send, and what others may send in their place. */
class AckSourceTest {
    private static final AckSource HUB = new AckSource("ORDERS", "hub");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"stream\":\"ORDERS\", \"domain\":\"hub\", \"seq\":1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":9007199254740992}",
                "{\"type\":\"io.nats.jetstream.api.v1.pub_ack_response\",\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":7}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":7,\"batch\":\"b\",\"count\":3}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":0,\"batch\":\"b\",\"count\":3}"
            })
    void believesAnAckOfTheExpectedStreamAndDomain(String json) {
        JetStreamReply answer = HUB.read(AckSource.parse(json.getBytes(UTF_8)), false);

        assertThat(answer.kind()).isEqualTo(JetStreamReply.Kind.ACK);
        assertThat(answer.stream()).isEqualTo("ORDERS");
        assertThat(answer.domain()).isEqualTo("hub");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ok",
                "+OK",
                "null",
                "7",
                "[]",
                "{}",
                "{\"status\":\"accepted\"}",
                "{\"error\":\"no stock\"}",
                "{\"error\":{\"code\":404,\"message\":\"no stock\"}}",
                "{\"error\":{\"code\":404,\"err_code\":\"10077\"}}",
                "{\"error\":{\"code\":404,\"err_code\":12}}",
                "{\"error\":{\"err_code\":10077}}",
                "{\"error\":{\"code\":503,\"err_code\":10077},\"stream\":\"OTHER\",\"seq\":0}",
                "{\"error\":null,\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\"}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":0}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":-1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":\"1\"}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":1.0}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":9007199254740993}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":18446744073709551615}",
                "{\"stream\":\"\",\"domain\":\"hub\",\"seq\":1}",
                "{\"stream\":7,\"domain\":\"hub\",\"seq\":1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":1} {}",
                "{\"stream\":\"OTHER\",\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":7,\"batch\":\"b\",\"count\":-3}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":1,\"duplicate\":true}"
            })
    void takesNothingElseForAnAnswerOfIt(String answer) {
        assertThat(HUB.read(AckSource.parse(answer.getBytes(UTF_8)), false)).isEqualTo(JetStreamReply.noAck());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"stream\":\"ORDERS\",\"domain\":\"leaf\",\"seq\":1}",
                "{\"stream\":\"ORDERS\",\"seq\":1}",
                "{\"stream\":\"OTHER\",\"domain\":\"hub\",\"seq\":1}"
            })
    void namesTheStreamThatAcksInItsPlace(String json) {
        JetStreamReply answer = read(HUB, json);

        assertThat(answer.isForeign()).isTrue();
        assertThat(answer.stream()).isNotEmpty();
    }

    @Test
    void tellsAStreamWithoutADomainFromOneWith() {
        AckSource none = new AckSource("ORDERS", "");

        assertThat(read(none, "{\"stream\":\"ORDERS\",\"seq\":1}").isAck()).isTrue();
        assertThat(read(none, "{\"stream\":\"ORDERS\",\"domain\":\"leaf\",\"seq\":1}")
                        .isForeign())
                .isTrue();
    }

    @Test
    void believesAnyStreamWhereNoneIsNamed() {
        assertThat(read(AckSource.ANY, "{\"stream\":\"A\",\"domain\":\"x\",\"seq\":1}")
                        .isAck())
                .isTrue();
        assertThat(read(AckSource.ANY, "{\"stream\":\"A\",\"seq\":0}").isForeign())
                .isTrue();
    }

    @Test
    void believesADuplicateOfAMessageWithAnId() {
        JetStreamReply answer = HUB.read(
                AckSource.parse(
                        "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":1,\"duplicate\":true}".getBytes(UTF_8)),
                true);

        assertThat(answer.isAck()).isTrue();
        assertThat(answer.duplicate()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"code\":503,\"err_code\":10077,\"description\":\"maximum bytes exceeded\"},\"stream\":\"ORDERS\",\"seq\":0}",
                "{\"type\":\"io.nats.jetstream.api.v1.pub_ack_response\",\"error\":{\"code\":503,\"err_code\":10077,\"description\":\"maximum bytes exceeded\"}}"
            })
    void readsARefusal(String json) {
        JetStreamReply answer = read(HUB, json);

        assertThat(answer.kind()).isEqualTo(JetStreamReply.Kind.REFUSED);
        assertThat(answer.error()).hasMessage("maximum bytes exceeded [10077]");
    }

    @Test
    void readsTheServersStatus() {
        FakeConnection nats = new FakeConnection();

        assertThat(HUB.read(nats.statusMessage("reply", 503, "No Responders"), false)
                        .kind())
                .isEqualTo(JetStreamReply.Kind.STATUS);
        assertThat(HUB.read(nats.statusMessage("reply", 404, "No Stock"), false).kind())
                .isEqualTo(JetStreamReply.Kind.FOREIGN);
    }

    @Test
    void expectsTheDomainThatWasLookedUpBeforeTheConfiguredOne() {
        StreamConfiguration stream =
                StreamConfiguration.builder().name("ORDERS").build();

        assertThat(AckSource.of(null, "ORDERS", "hub")).isEqualTo(HUB);
        assertThat(AckSource.of(new TargetStream("ORDERS", stream, "unused"), "ORDERS", "hub"))
                .isEqualTo(HUB);
        assertThat(AckSource.of(new TargetStream("ORDERS", stream, "unused", "renamed"), "ORDERS", "hub"))
                .isEqualTo(new AckSource("ORDERS", "renamed"));
        assertThat(AckSource.of(new TargetStream("ORDERS", stream, "unused", ""), null, null))
                .isEqualTo(new AckSource(null, ""));
    }

    private static JetStreamReply read(AckSource source, String json) {
        return source.read(NatsMessage.builder().subject("reply").data(json).build(), false);
    }
}
