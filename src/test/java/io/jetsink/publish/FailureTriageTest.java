package io.jetsink.publish;

import static io.jetsink.publish.Failures.async;
import static io.jetsink.publish.Failures.refused;
import static org.assertj.core.api.Assertions.assertThat;

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
            new StreamErrorException(10208, "batch publish ID unknown"),
            new StreamErrorException(10077, "maximum messages exceeded"),
            new RuntimeException());

    private static final List<Throwable> CONDEMNED = List.of(
            new RejectedRecordException("too large"),
            new CompletionException(new RejectedRecordException("too large")),
            refused(10054, "message size exceeds maximum allowed"),
            new RuntimeException(refused(10054, "message size exceeds maximum allowed")),
            Failures.tooLarge(),
            new ExecutionException(Failures.tooLarge()),
            new StreamErrorException(10054, "message size exceeds maximum allowed"),
            new StreamErrorException(10077, "message too large"));

    @ParameterizedTest
    @FieldSource("TRANSIENT")
    void triesAgainWhatHasNothingToDoWithTheRecord(Throwable failure) {
        assertThat(FailureTriage.of(failure)).isEqualTo(Verdict.RETRY);
    }

    @ParameterizedTest
    @FieldSource("CONDEMNED")
    void findsTheVerdictBehindAnyWrapping(Throwable failure) {
        assertThat(FailureTriage.of(failure)).isEqualTo(Verdict.REJECT);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                10054, 10097, 10111, 10165, 10168, 10169, 10170, 10171, 10172, 10188, 10189, 10190, 10191, 10192, 10203,
                10212, 10223, 10227
            })
    void rejectsWhatTheServerHoldsAgainstTheMessage(int code) {
        assertThat(FailureTriage.of(async(refused(code, "text")))).isEqualTo(Verdict.REJECT);
    }

    /** The header is the configuration's, never a record's. */
    @Test
    void stopsWhereTheStreamAllowsNoTtls() {
        Throwable disabled = async(refused(10166, "per-message TTL is disabled"));

        assertThat(FailureTriage.of(disabled)).isEqualTo(Verdict.STOP);
        assertThat(FailureTriage.reason(disabled))
                .isEqualTo("per-message TTL is disabled [10166] (message.ttl.ms, message.ttl.header):"
                        + " nats stream edit <stream> --allow-msg-ttl");
        assertThat(FailureTriage.of(new StreamErrorException(10166, "per-message TTL is disabled")))
                .isEqualTo(Verdict.STOP);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                10002, 10007, 10008, 10009, 10023, 10028, 10039, 10047, 10058, 10059, 10060, 10063, 10070, 10071, 10076,
                10109, 10118, 10158, 10163, 10164, 10167, 10176, 10194, 10208, 10210, 10211, 99999
            })
    void triesAgainWhatTheServerHoldsAgainstTheMoment(int code) {
        assertThat(FailureTriage.of(async(refused(code, "text")))).isEqualTo(Verdict.RETRY);
    }

    @ParameterizedTest
    @CsvSource({
        "maximum messages exceeded, RETRY",
        "maximum bytes exceeded, RETRY",
        "maximum messages per subject exceeded, RETRY",
        "message too large, REJECT",
    })
    void tellsAFullStreamFromAMessageTooLargeByTheText(String text, Verdict verdict) {
        assertThat(FailureTriage.of(async(refused(10077, text)))).isEqualTo(verdict);
    }

    @Test
    void stopsWhenAnotherStreamTookIt() {
        assertThat(FailureTriage.of(Failures.wrongStream())).isEqualTo(Verdict.STOP);
        assertThat(FailureTriage.of(async(Failures.wrongStream()))).isEqualTo(Verdict.STOP);
    }

    @Test
    void saysTheReasonWithoutItsWrappers() {
        assertThat(FailureTriage.reason(Failures.noResponders()))
                .isEqualTo("Error Publishing: 503 No Responders Available For Request");
        assertThat(FailureTriage.reason(Failures.tooLarge())).contains("message size exceeds maximum allowed", "10054");
        assertThat(FailureTriage.reason(new IOException("outer", new TimeoutException())))
                .isEqualTo("outer");
        assertThat(FailureTriage.reason(new IOException("outer", new IOException("inner"))))
                .isEqualTo("outer: inner");
        assertThat(FailureTriage.reason(new IOException("outer (inner)", new IOException("inner"))))
                .isEqualTo("outer (inner)");
        assertThat(FailureTriage.reason(new CancellationException())).isEqualTo("CancellationException");
    }
}
