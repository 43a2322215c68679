package io.jetsink.publish;

import java.time.Duration;

/**
 * The times of {@link MisconfigurationGrace} (ADR 0026). They cannot be configured: a task has {@link #DEFAULT}.
 *
 * @param misconfiguration how long all attempts have to fail with a misconfiguration before the task fails. Servers, auth
 *     callouts, account resolvers and tools that create streams cause the same errors while they start
 * @param attempt how much of a connection's life counts as an attempt, if the connection ends with a misconfiguration
 * @param healthy how long a connection has to last, without anything stored, until the failures before it are forgotten
 */
public record GracePeriod(Duration misconfiguration, Duration attempt, Duration healthy) {
    /** A minute, three times the default of {@code publish.ack.timeout.ms}, and a minute. */
    public static final GracePeriod DEFAULT =
            new GracePeriod(Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofSeconds(60));
}
