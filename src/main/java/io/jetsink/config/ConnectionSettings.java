package io.jetsink.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to reach NATS.
 *
 * @param servers validated URLs, never with credentials
 * @param name {@code nats.connection.name}; null: {@code <connector>-<task>}
 * @param connectTimeout {@code nats.connect.timeout.ms}
 * @param pingInterval {@code nats.ping.interval.ms}
 * @param backoff first pause before connecting again
 * @param backoffMax longest pause before connecting again
 * @param inboxPrefix {@code nats.inbox.prefix}, without a trailing dot
 * @param auth authentication
 * @param tls TLS
 */
public record ConnectionSettings(
        List<String> servers,
        @Nullable String name,
        Duration connectTimeout,
        Duration pingInterval,
        Duration backoff,
        Duration backoffMax,
        String inboxPrefix,
        AuthSettings auth,
        TlsSettings tls) {}
