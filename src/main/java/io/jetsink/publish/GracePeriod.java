package io.jetsink.publish;

import java.time.Duration;

/**
 * How long a link waits before it draws a conclusion (ADR 0026). No key of the configuration: a task has {@link #DEFAULT}.
 *
 * @param misconfiguration how long all attempts have to fail with a misconfiguration before the task fails. Servers, auth
 *     callouts, account resolvers and whoever creates streams give the same answers while they start
 * @param attempt how much of a connection's life counts as an attempt, if the connection ends with a misconfiguration: a
 *     message has to be sent and to stay without its ack before the misconfiguration shows
 * @param healthy how long a connection has to last, without anything stored, until the failures before it are forgotten
 */
public record GracePeriod(Duration misconfiguration, Duration attempt, Duration healthy) {
    /** A minute, three times the default of {@code publish.ack.timeout.ms}, and a minute. */
    public static final GracePeriod DEFAULT =
            new GracePeriod(Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofSeconds(60));
}
