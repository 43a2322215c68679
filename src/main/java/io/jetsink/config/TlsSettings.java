package io.jetsink.config;

import java.util.Map;

/**
 * TLS as configured under {@code nats.ssl.} with Kafka's own names.
 *
 * @param sslConfigs parsed values by Kafka's key without our prefix, as {@code DefaultSslEngineFactory} takes them
 * @param configured whether any {@code nats.ssl.} key is set or a server URL asks for TLS
 * @param verifyHostname false only where {@code nats.ssl.endpoint.identification.algorithm} is set empty
 * @param tlsFirst handshake before the server's INFO ({@code nats.tls.first})
 */
public record TlsSettings(
        Map<String, Object> sslConfigs, boolean configured, boolean verifyHostname, boolean tlsFirst) {}
