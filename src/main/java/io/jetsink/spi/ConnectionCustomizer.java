package io.jetsink.spi;

import io.nats.client.Options;

/**
 * Changes the options of connections to NATS ({@code connection.customizer}): proxies, socket options, a statistics
 * collector, or an authentication handler.
 *
 * <p>In addition to the {@linkplain io.jetsink.spi guarantees of all plug-ins}:
 *
 * <ol>
 *   <li>It is called for each connection, on the connector's background thread, and may wait as long as
 *       {@code nats.connect.timeout.ms}. An exception counts as an outage: the connector tries again.
 *   <li>It is called first. Then the connector sets the options that it relies on, which override those of the customizer:
 *       the servers, reconnecting (off), listeners, executors, the data port with its verified host names, the inbox prefix,
 *       pings, queues, and every configured key of {@code nats.*}.
 *   <li>With exactly-once, {@code alterOffsets} connects, too, with an instance of its own.
 * </ol>
 */
@FunctionalInterface
public interface ConnectionCustomizer extends Plugin {
    /**
     * Changes the options of the next connection.
     *
     * @param options the options, to which the connector adds its own afterwards
     */
    void customize(Options.Builder options);
}
