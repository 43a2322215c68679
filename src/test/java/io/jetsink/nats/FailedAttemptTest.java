package io.jetsink.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.ConnectFailedException.Reason;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors with which nats-server 2.9 to 2.15 closes a client's connection while it begins. */
class FailedAttemptTest {
    private static final String SERVER = "nats://127.0.0.1:4222";

    @ParameterizedTest
    @CsvSource({
        "Authorization Violation, AUTHORIZATION",
        "User Authentication Expired, AUTHORIZATION",
        "User Authentication Revoked, AUTHORIZATION",
        "Account Authentication Expired, AUTHORIZATION",
        "Authentication Timeout, BUSY",
        "'authentication timeout', BUSY",
        "maximum connections exceeded, BUSY",
        "maximum account active connections exceeded, BUSY",
        "Connection throttling is active. Please try again later., BUSY",
        "Failed Account Registration, BUSY",
        "Secure Connection - TLS Required, TLS",
        "Stale Connection, UNREACHABLE",
        "Unknown Protocol Operation, UNREACHABLE",
        "maximum control line exceeded, UNREACHABLE",
        "invalid client protocol, UNREACHABLE",
        "attempted to connect to leaf node port, UNREACHABLE",
    })
    void isJudgedByTheServersText(String error, Reason reason) {
        ConnectAttempt monitor = new ConnectAttempt(new ServerTarget(SERVER, "127.0.0.1", null), new Heard());
        monitor.errorOccurred(null, error);

        FailedAttempt attempt = FailedAttempt.of(monitor, new IOException("Unable to connect"));

        assertThat(attempt.reason()).isEqualTo(reason);
        assertThat(attempt.text()).isEqualTo(error);
    }

    /** An overloaded cluster answers with both. */
    @Test
    void aBusyServerOutranksARefusedLogin() {
        ConnectFailedException failure = FailedAttempt.all(List.of(
                attempt(Reason.AUTHORIZATION, "Authorization Violation"),
                attempt(Reason.UNREACHABLE, "Connection refused"),
                attempt(Reason.BUSY, "Authentication Timeout")));

        assertThat(failure.reason()).isEqualTo(Reason.BUSY);
        assertThat(failure).hasMessageContainingAll("Authentication Timeout", "authorization timeout", "nats.auth.*");
    }

    @Test
    void aRefusedLoginOutranksAServerThatIsDown() {
        ConnectFailedException failure = FailedAttempt.all(List.of(
                attempt(Reason.UNREACHABLE, "Connection refused"),
                attempt(Reason.AUTHORIZATION, "Authorization Violation")));

        assertThat(failure.reason()).isEqualTo(Reason.AUTHORIZATION);
    }

    private static FailedAttempt attempt(Reason reason, String text) {
        return new FailedAttempt(SERVER, reason, text, new IOException(text));
    }
}
