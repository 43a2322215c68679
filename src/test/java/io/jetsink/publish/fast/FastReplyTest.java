package io.jetsink.publish.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.publish.fast.FastReply.Kind;
import io.nats.client.impl.NatsMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers are those of nats-server 2.15.1, and of 2.10.27 where it says so. */
class FastReplyTest {
    private static final AckSource SOURCE = new AckSource("S", null);
    private static final String REPLY = "_INBOX.a.b.id.100.fail.42.1.$FI";

    @Test
    void readsAnAckAndTheFlowBehindIt() throws Exception {
        assertThat(answer("{\"type\":\"ack\",\"seq\":40,\"msgs\":20}"))
                .isEqualTo(new FastReply(Kind.ACK, "id", 40, 20, null));
    }

    @Test
    void readsAGap() throws Exception {
        assertThat(answer("{\"type\":\"gap\",\"last_seq\":41,\"seq\":44}"))
                .isEqualTo(new FastReply(Kind.GAP, "id", 44, 0, null));
    }

    @Test
    void readsTheEndAlsoOfABatchThatStoredNothing() throws Exception {
        assertThat(answer("{\"stream\":\"S\",\"seq\":900,\"batch\":\"id\",\"count\":41}"))
                .isEqualTo(new FastReply(Kind.FINAL, "id", 42, 41, null));
        assertThat(answer("{\"stream\":\"S\",\"seq\":0,\"batch\":\"id\",\"count\":0}"))
                .isEqualTo(new FastReply(Kind.FINAL, "id", 42, 0, null));
    }

    @Test
    void readsThatTheStreamHasAllOfABatchAlready() throws Exception {
        assertThat(answer("{\"stream\":\"S\",\"seq\":0,\"batch\":\"id\",\"count\":41}"))
                .isEqualTo(new FastReply(Kind.DUPLICATE, "id", 42, 41, null));
        assertThat(answer("{\"stream\":\"S\",\"seq\":7,\"duplicate\": true,\"batch\":\"id\",\"count\":1}"))
                .isEqualTo(new FastReply(Kind.DUPLICATE, "id", 42, 1, null));
    }

    @Test
    void readsARefusalWithTheNumberItNames() throws Exception {
        FastReply refused = answer(
                "{\"type\":\"err\",\"seq\":41,\"error\":{\"code\":400,\"err_code\":10165,\"description\":\"invalid TTL\"}}");

        assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
        assertThat(refused.sequence()).isEqualTo(41);
        assertThat(refused.code()).isEqualTo(10165);
        assertThat(refused.error()).hasMessage("invalid TTL [10165]");
    }

    @Test
    void readsARefusalWithTheNumberOfItsReplySubject() throws Exception {
        FastReply refused = answer(
                "{\"error\":{\"code\":400,\"err_code\":10054,\"description\":\"too large\"},\"stream\":\"S\",\"seq\":0}");

        assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
        assertThat(refused.sequence()).isEqualTo(42);
        assertThat(refused.code()).isEqualTo(10054);
    }

    /** 2.10.27. */
    @Test
    void readsThePlainAckOfAnOldServer() throws Exception {
        assertThat(answer("{\"stream\":\"S\", \"seq\":7}")).isEqualTo(new FastReply(Kind.STORED, "id", 42, 1, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "secret",
                "[1]",
                "{\"error\":\"no stock\"}",
                "{\"error\":{\"code\":404,\"description\":\"no stock\"}}",
                "{\"type\":\"err\",\"seq\":1,\"error\":{\"code\":404}}",
                "{\"type\":\"ack\"}",
                "{\"stream\":\"S\"}",
                "{\"stream\":\"\",\"seq\":1}",
                "{\"stream\":\"S\",\"seq\":9223372036854775807}",
                "{\"stream\":\"S\",\"seq\":9223372036854775807,\"batch\":\"id\",\"count\":1}",
                "{\"stream\":\"S\",\"seq\":1,\"batch\":\"id\",\"count\":-1}"
            })
    void knowsWhatIsNoAnswer(String data) {
        FastReply answer = answer(data);

        assertThat(answer.kind()).isEqualTo(Kind.FOREIGN);
        assertThat(answer.foreign()).isEqualTo(JetStreamReply.noAck());
        assertThat(answer.batch()).isEqualTo("id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b.c", "_INBOX.a.id.100.fail.x.1.$FI", "_INBOX.a.id.100.fail..1.$FI"})
    void ignoresSubjectsThatAreNotOurs(String subject) {
        assertThat(FastReply.of(message(subject, "{}"), SOURCE).kind()).isEqualTo(Kind.FOREIGN);
    }

    private static FastReply answer(String json) {
        return FastReply.of(message(REPLY, json), SOURCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"stream\":\"OTHER\",\"seq\":7,\"batch\":\"id\",\"count\":1}",
                "{\"stream\":\"S\",\"domain\":\"leaf\",\"seq\":7,\"batch\":\"id\",\"count\":1}",
                "{\"stream\":\"S\",\"domain\":\"leaf\",\"seq\":7}"
            })
    void knowsAnotherStream(String json) {
        FastReply answer = FastReply.of(message(REPLY, json), new AckSource("S", "hub"));

        assertThat(answer.kind()).isEqualTo(Kind.FOREIGN);
        assertThat(answer.foreign().stream()).isNotEmpty();
    }

    private static NatsMessage message(String subject, String json) {
        return NatsMessage.builder().subject(subject).data(json).build();
    }
}
