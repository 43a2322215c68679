package io.jetsink.nats;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No server could be connected to. The message says why for each of them, and which settings to look at. */
public final class ConnectFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final @Nullable String key;

    public ConnectFailedException(Reason reason, String message, @Nullable Throwable cause) {
        this(reason, null, message, cause);
    }

    /** @param key the one configuration key to look at, null if it is not known */
    public ConnectFailedException(Reason reason, @Nullable String key, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.key = key;
    }

    /** The one configuration key to look at, null if it is not known. */
    public @Nullable String key() {
        return key;
    }

    /** The reason; if servers differ, the first of {@link Reason} that any of them gave. */
    public Reason reason() {
        return reason;
    }

    /**
     * Why a connection failed. The order decides where servers differ: an overloaded cluster refuses logins for want of
     * time as well, so one busy server outranks a refused login.
     */
    public enum Reason {
        /** Another version of a library lies beside the connector: no server can change that. */
        LIBRARIES("lib/ of the plugin"),
        /** A credentials file or a store cannot be read, or makes no sense. */
        SETTINGS("nats.servers, nats.auth.*, nats.ssl.*"),
        /** The server has no room for the connection, or had no time to look at the login (nats-server 2.9 to 2.15). */
        BUSY("the server's limits: authorization timeout, max_connections, connections of the account"),
        /** The server does not take the credentials. */
        AUTHORIZATION("nats.auth.*"),
        /** No handshake, or a certificate that is not to be trusted. */
        TLS("nats.ssl.*"),
        /** No answer in time. */
        TIMEOUT("nats.servers, nats.connect.timeout.ms"),
        /** Refused, reset, unknown host. */
        UNREACHABLE("nats.servers");

        private final String settings;

        Reason(String settings) {
            this.settings = settings;
        }

        String settings() {
            return settings;
        }
    }
}
