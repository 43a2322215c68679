package com.example.jetsink;

import io.jetsink.spi.ConnectionCustomizer;
import io.nats.client.Options;

/** Connects to no server that another one tells of. */
public final class ConfiguredServersOnly implements ConnectionCustomizer {
    @Override
    public void customize(Options.Builder options) {
        options.ignoreDiscoveredServers();
    }
}
