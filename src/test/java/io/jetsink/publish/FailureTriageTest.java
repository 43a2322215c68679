package io.jetsink.publish;

import static io.jetsink.publish.FailureTriage.codeOf;
import static io.jetsink.publish.FailureTriage.describe;
import static io.jetsink.publish.FailureTriage.describeWithAdvice;
import static io.jetsink.publish.FailureTriage.isSubjectFull;
import static io.jetsink.publish.FailureTriage.isWrongLastSequence;
import static io.jetsink.publish.FailureTriage.verdictOf;
import static io.jetsink.publish.Failures.async;
import static io.jetsink.publish.Failures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.ErrorCode.Counted;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.ConnectFailedException;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.publish.FailureTriage.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Codes and texts are those of nats-server's errors.json, wrappings those of jnats' publishAsync. */
class FailureTriageTest {
    private static final List<Throwable> TRANSIENT = List.of(
            Failures.noResponders(),
            async(new IOException("Error Publishing: 429 Too Many Requests")),
            async(new IOException("Invalid JetStream ack.")),
            new CancellationException(),
            new CompletionException(new CancellationException("Future cancelled, response not registered in time")),
            new CompletionException(new TimeoutException("Future timed out")),
            new ExecutionException(new TimeoutException()),
            new IllegalStateException("Connection is Closed"),
            new IOException("Read channel closed."),
            new JetStreamErrorException(10208, "batch publish ID unknown"),
            new OutageException(
                    ErrorCode.NO_ANSWER,
                    "an offset marker was refused",
                    refused(10054, "message size exceeds maximum allowed")),
            new OutageException(ErrorCode.OBJECT_STORE, "an object was refused", refused(10109, "stream is sealed")),
            new RuntimeException());

    private static final List<Throwable> CONDEMNED = List.of(
            new RejectedRecordException(ErrorCode.TOO_LARGE, "too large"),
            new CompletionException(new RejectedRecordException(ErrorCode.TOO_LARGE, "too large")),
            refused(10054, "message size exceeds maximum allowed"),
            new RuntimeException(refused(10054, "message size exceeds maximum allowed")),
            Failures.tooLarge(),
            new ExecutionException(Failures.tooLarge()),
            new JetStreamErrorException(10054, "message size exceeds maximum allowed"),
            new JetStreamErrorException(10077, "message too large"));

    @ParameterizedTest
    @FieldSource("TRANSIENT")
    void triesAgainWhatHasNothingToDoWithTheRecord(Throwable failure) {
        assertThat(verdictOf(failure)).isEqualTo(Verdict.RETRY);
    }

    @ParameterizedTest
    @FieldSource("CONDEMNED")
    void findsTheVerdictBehindAnyWrapping(Throwable failure) {
        assertThat(verdictOf(failure)).isEqualTo(Verdict.REJECT);
    }

    @ParameterizedTest
    @ValueSource(ints = {10054, 10097, 10165, 10170, 10171, 10189, 10190, 10191, 10192, 10203, 10212, 10223, 10227})
    void rejectsWhatTheServerHoldsAgainstTheMessage(int code) {
        assertThat(verdictOf(async(refused(code, "text")))).isEqualTo(Verdict.REJECT);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                10007, 10008, 10009, 10058, 10063, 10118, 10158, 10163, 10164, 10167, 10176, 10194, 10208, 10210, 10211,
                99999
            })
    void triesAgainWhatTheServerHoldsAgainstTheMoment(int code) {
        assertThat(verdictOf(async(refused(code, "text")))).isEqualTo(Verdict.RETRY);
        assertThat(describeWithAdvice(new JetStreamErrorException(code, "text")))
                .isEqualTo("text [" + code + "]");
    }

    @ParameterizedTest
    @ValueSource(ints = {10002, 10023, 10028, 10047, 10077})
    void waitsForRoom(int code) {
        assertThat(verdictOf(async(refused(code, "text")))).isEqualTo(Verdict.BACK_PRESSURE);
        assertThat(describeWithAdvice(new JetStreamErrorException(code, "text")))
                .startsWith("text [" + code + "]: ")
                .contains("raise the limits");
    }

    @ParameterizedTest
    @CsvSource({
        "10039, jetstream.domain",
        "10059, jetstream.stream.create",
        "10060, jetstream.stream",
        "10076, nats.servers",
        "10109, jetstream.stream",
        "10120, replicas",
        "10166, --allow-msg-ttl",
        "10168, jetstream.stream",
        "10169, allow_msg_counter",
        "10172, jetstream.stream",
        "10174, --allow-batch",
        "10188, --allow-schedules",
        "10205, --allow-fast",
    })
    void knowsWhatAPersonHasToChange(int code, String key) {
        assertThat(verdictOf(async(refused(code, "text")))).isEqualTo(Verdict.MISCONFIGURED);
        assertThat(describeWithAdvice(new IOException("outer", refused(code, "text"))))
                .startsWith("outer: text [" + code + "]: ")
                .contains(key);
    }

    @ParameterizedTest
    @ValueSource(ints = {10070, 10071})
    void knowsWhenSomebodyElseHasWritten(int code) {
        assertThat(isWrongLastSequence(async(refused(code, "text")))).isTrue();
        assertThat(isWrongLastSequence(async(refused(10054, "text")))).isFalse();
        assertThat(verdictOf(async(refused(code, "text")))).isEqualTo(Verdict.RETRY);
    }

    @ParameterizedTest
    @CsvSource({
        "SETTINGS, MISCONFIGURED",
        "BUSY, BACK_PRESSURE",
        "AUTHORIZATION, MISCONFIGURED",
        "TLS, RETRY",
        "TIMEOUT, RETRY",
        "UNREACHABLE, RETRY",
    })
    void anUnreachableServerIsNoMistake(ConnectFailedException.Reason reason, Verdict verdict) {
        assertThat(verdictOf(Failures.connecting(reason))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "maximum messages exceeded, BACK_PRESSURE",
        "maximum bytes exceeded, BACK_PRESSURE",
        "maximum messages per subject exceeded, BACK_PRESSURE",
        "no space left on device, BACK_PRESSURE",
        "message too large, REJECT",
        "message to large, REJECT",
    })
    void tellsAFullStreamFromAMessageTooLargeByTheText(String text, Verdict verdict) {
        assertThat(verdictOf(async(refused(10077, text)))).isEqualTo(verdict);
    }

    /** A flag of the stream is nobody's record; a value that a message asks for itself, or its place in a batch, is. */
    @ParameterizedTest
    @CsvSource({
        "rollup not permitted, MISCONFIGURED",
        "rollup value invalid: all-of-it, REJECT",
        "batch rollup sub invalid, REJECT",
        "batch rollup all invalid, REJECT",
    })
    void tellsALostFlagFromAnInvalidRollupByTheText(String text, Verdict verdict) {
        assertThat(verdictOf(async(refused(10111, text)))).isEqualTo(verdict);
        assertThat(verdictOf(new JetStreamErrorException(10111, text))).isEqualTo(verdict);
    }

    @Test
    void namesTheFlagThatRollupsNeed() {
        assertThat(describeWithAdvice(new JetStreamErrorException(10111, "rollup not permitted")))
                .startsWith("rollup not permitted [10111]: ")
                .contains("allow_rollup_hdrs", "nats stream edit <stream> --allow-rollup");
    }

    @Test
    void asksForNoRoomWhereASubjectIsFull() {
        JetStreamErrorException full = new JetStreamErrorException(10077, "maximum messages per subject exceeded");

        assertThat(isSubjectFull(async(full))).isTrue();
        assertThat(isSubjectFull(new JetStreamErrorException(10077, "maximum messages exceeded")))
                .isFalse();
        assertThat(describeWithAdvice(full))
                .contains("message.id=subject", "discard_new_per_subject")
                .doesNotContain("room");
    }

    @Test
    void aMistakeThatSaysWhatToChangeIsToldAsItIs() {
        MisconfiguredException mistake = new MisconfiguredException(
                ErrorCode.STREAM_MISSING, "change subject", refused(10059, "stream not found"));

        assertThat(verdictOf(async(mistake))).isEqualTo(Verdict.MISCONFIGURED);
        assertThat(describeWithAdvice(mistake)).isEqualTo("change subject: stream not found [10059]");
    }

    @Test
    void stopsForLibrariesOfAnotherVersion() {
        assertThat(verdictOf(new ConnectFailedException(
                        ConnectFailedException.Reason.LIBRARIES, "another version of jnats", new NoSuchMethodError())))
                .isEqualTo(Verdict.STOP);
    }

    /** The one that is meant may be about to be created. */
    @Test
    void waitsForAWhileWhenAnotherStreamTookIt() {
        assertThat(verdictOf(Failures.wrongStream())).isEqualTo(Verdict.MISCONFIGURED);
        assertThat(verdictOf(async(Failures.wrongStream()))).isEqualTo(Verdict.MISCONFIGURED);
    }

    @Test
    void namesAnErrorByItsClass() {
        assertThat(verdictOf(new NoClassDefFoundError("com/example/Token"))).isEqualTo(Verdict.RETRY);
        assertThat(describe(new NoClassDefFoundError("com/example/Token")))
                .isEqualTo("java.lang.NoClassDefFoundError: com/example/Token");
    }

    @Test
    void saysTheReasonWithoutItsWrappers() {
        assertThat(describe(Failures.noResponders()))
                .isEqualTo("Error Publishing: 503 No Responders Available For Request");
        assertThat(describe(Failures.tooLarge())).contains("message size exceeds maximum allowed", "10054");
        assertThat(describe(new IOException("outer", new TimeoutException()))).isEqualTo("outer");
        assertThat(describe(new IOException("outer", new IOException("inner")))).isEqualTo("outer: inner");
        assertThat(describe(new IOException("outer (inner)", new IOException("inner"))))
                .isEqualTo("outer (inner)");
        assertThat(describe(new CancellationException())).isEqualTo("CancellationException");
    }

    @ParameterizedTest
    @FieldSource("TRANSIENT")
    void eachFailureThatIsRetriedHasACodeOfRetries(Throwable failure) {
        assertThat(codeOf(failure).counted()).isEqualTo(Counted.RETRIED);
        assertThat(FailureTriage.outageOf(failure)).isEqualTo(codeOf(failure));
    }

    @ParameterizedTest
    @FieldSource("CONDEMNED")
    void eachFailureThatRejectsHasACodeOfRejections(Throwable failure) {
        assertThat(codeOf(failure)).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(FailureTriage.rejectionOf(failure)).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(FailureTriage.outageOf(failure)).isEqualTo(ErrorCode.STREAM_ERROR);
    }

    @ParameterizedTest
    @EnumSource(ConnectFailedException.Reason.class)
    void aFailedConnectionHasTheCodeOfItsReason(ConnectFailedException.Reason reason) {
        ErrorCode code = codeOf(Failures.connecting(reason));

        assertThat(code.counted() == Counted.RETRIED).isEqualTo(reason != ConnectFailedException.Reason.LIBRARIES);
        assertThat(code.id()).matches("JS-[123]\\d{3}");
    }

    /** Every number that a server can send, and many that it does not. */
    @Test
    void theVerdictAndTheCodeOfEachNumberAgree() {
        for (int number = 10000; number < 10300; number++) {
            Throwable failure = async(refused(number, "text"));

            assertThat(codeOf(failure).counted())
                    .as("code of %s", number)
                    .isEqualTo(verdictOf(failure) == Verdict.REJECT ? Counted.REJECTED : Counted.RETRIED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10002, account resources exceeded, STREAM_FULL",
        "10008, JetStream system temporarily unavailable, NO_LEADER",
        "10039, JetStream not enabled for account, JETSTREAM_OFF",
        "10054, message size exceeds maximum allowed, TOO_LARGE",
        "10059, stream not found, STREAM_MISSING",
        "10060, expected stream does not match, OTHER_STREAM",
        "10077, maximum bytes exceeded, STREAM_FULL",
        "10077, message too large, TOO_LARGE",
        "10109, stream is sealed, STREAM_UNSUITABLE",
        "10111, rollup not permitted, STREAM_UNSUITABLE",
        "10111, invalid rollup value, REFUSED_BY_SERVER",
        "10165, invalid per-message TTL, REFUSED_BY_SERVER",
        "10205, batch publish is disabled, BATCHES_DISABLED",
        "10300, new in a later version, STREAM_ERROR"
    })
    void anErrorOfJetStreamHasACode(int number, String text, ErrorCode expected) {
        assertThat(codeOf(async(refused(number, text)))).isEqualTo(expected);
    }

    @Test
    void aFailureWithoutACodeHasTheCodeThatFits() {
        assertThat(codeOf(new IOException("Read channel closed."))).isEqualTo(ErrorCode.CONNECTION_LOST);
        assertThat(codeOf(new IllegalStateException("Connection is Closed"))).isEqualTo(ErrorCode.CONNECTION_LOST);
        assertThat(codeOf(new CompletionException(new TimeoutException()))).isEqualTo(ErrorCode.NO_ANSWER);
        assertThat(codeOf(new OutOfMemoryError())).isEqualTo(ErrorCode.UNEXPECTED);
    }
}
