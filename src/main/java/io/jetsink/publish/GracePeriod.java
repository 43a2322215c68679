package io.jetsink.publish;

import java.time.Duration;

/**
 * The times in which the link of a task decides (ADR 0026, ADR 0037). They cannot be configured: a task has {@link #DEFAULT}.
 *
 * @param misconfiguration how long all attempts have to fail with a misconfiguration before the task fails. Servers, auth
 *     callouts, account resolvers and tools that create streams cause the same errors while they start
 * @param attempt how much of a connection's life counts as an attempt, if the connection ends with a misconfiguration
 * @param healthy how long a connection has to last, without anything stored, until the failures before it are forgotten
 * @param reconsider how often a task that publishes in a slower mode than the configured one looks at the stream
 */
public record GracePeriod(Duration misconfiguration, Duration attempt, Duration healthy, Duration reconsider) {
    /** A minute each, except the second: three times the default of {@code publish.ack.timeout.ms}. */
    public static final GracePeriod DEFAULT = new GracePeriod(
            Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(60));
}
