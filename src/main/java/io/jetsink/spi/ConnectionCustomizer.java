package io.jetsink.spi;

import io.nats.client.Options;
import java.util.Map;
import org.apache.kafka.common.Configurable;

/**
 * Changes how connections to NATS are made ({@code connection.customizer}): proxies, socket options, a statistics
 * collector, an authentication handler of one's own.
 *
 * <p>In addition to what holds for {@linkplain io.jetsink.spi all of them}:
 *
 * <ol>
 *   <li>It is called for each connection, on the connector's background thread, and may wait as long as
 *       {@code nats.connect.timeout.ms}. What it throws is an outage: another attempt follows.
 *   <li>It comes first. Then the connector sets what it relies on, which wins: the servers, reconnecting (off), listeners,
 *       executors, the data port with its verified host names, the inbox prefix, pings, queues, and whatever of
 *       {@code nats.*} is configured.
 *   <li>With exactly-once and {@code alterOffsets} the connector itself connects too, with an instance of its own.
 * </ol>
 */
@FunctionalInterface
public interface ConnectionCustomizer extends Configurable, AutoCloseable {
    /** Changes the options of the next connection. */
    void customize(Options.Builder options);

    @Override
    default void configure(Map<String, ?> configs) {
        // Nothing to set.
    }

    @Override
    default void close() {
        // Nothing to let go.
    }
}
