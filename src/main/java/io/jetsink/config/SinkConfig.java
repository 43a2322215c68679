package io.jetsink.config;

/**
 * The connector's whole configuration, parsed once.
 *
 * @param connectorName Connect's {@code name}
 * @param connection how to reach NATS
 * @param jetStream which JetStream and stream
 * @param publish guarantee, mode and bounds
 * @param translation how a record becomes a message
 */
public record SinkConfig(
        String connectorName,
        ConnectionSettings connection,
        JetStreamSettings jetStream,
        PublishSettings publish,
        TranslationSettings translation) {}
