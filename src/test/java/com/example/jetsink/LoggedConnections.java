package com.example.jetsink;

import io.jetsink.spi.ConnectionCustomizer;
import io.nats.client.Options;
import io.nats.client.impl.ErrorListenerLoggerImpl;

/** Has jnats itself log a line, the way jnats does it by default: with java.util.logging. */
public final class LoggedConnections implements ConnectionCustomizer {
    @Override
    public void customize(Options.Builder options) {
        new ErrorListenerLoggerImpl().errorOccurred(null, "a line of jnats");
    }
}
