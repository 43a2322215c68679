package com.example.jetsink;

import io.jetsink.spi.ConnectionCustomizer;
import io.nats.client.Options;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the number of each connection. */
public final class NamedConnections implements ConnectionCustomizer {
    private static final Logger LOG = LoggerFactory.getLogger(NamedConnections.class);

    private String greeting = "";
    private int connections;

    @Override
    public void configure(Map<String, ?> configs) {
        greeting = String.valueOf(configs.get("greeting"));
    }

    @Override
    public void customize(Options.Builder options) {
        connections++;
        LOG.info("{}, connection {}", greeting, connections);
        // The connector relies on no reconnects of jnats, whatever is said here.
        options.maxReconnects(1000);
    }

    @Override
    public void close() {
        LOG.info("connections are closed");
    }
}
