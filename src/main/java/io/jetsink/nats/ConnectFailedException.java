package io.jetsink.nats;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import org.jspecify.annotations.Nullable;

/** No server could be connected to. The message has a reason for each server, and the keys to check. */
public final class ConnectFailedException extends CodedException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final @Nullable String key;

    public ConnectFailedException(Reason reason, String message, @Nullable Throwable cause) {
        this(reason, null, message, cause);
    }

    public ConnectFailedException(Reason reason, @Nullable String key, String message, @Nullable Throwable cause) {
        super(reason.code, message, cause);
        this.reason = reason;
        this.key = key;
    }

    /** Returns the configuration key to check, null if it is not known. */
    public @Nullable String key() {
        return key;
    }

    /** Returns the reason; if the reasons of servers differ, the one that {@link Reason} declares first. */
    public Reason reason() {
        return reason;
    }

    /**
     * The reason of a failed connection. If servers differ, the first constant counts: servers of an overloaded cluster also
     * reject credentials when they run out of time, so a busy server outranks rejected credentials.
     */
    public enum Reason {
        /** Another version of a library is in the plugin's folder. Fails on every server. */
        LIBRARIES(ErrorCode.OTHER_LIBRARY, "lib/ of the plugin"),
        /** A credentials file or a store cannot be read or used. */
        SETTINGS(ErrorCode.UNUSABLE_SETTING, "nats.servers, nats.auth.*, nats.ssl.*"),
        /** The server is at a limit, or had no time to check the credentials (nats-server 2.9 to 2.15). */
        BUSY(
                ErrorCode.SERVER_BUSY,
                "the server's limits: authorization timeout, max_connections, connections of the account"),
        /** The server rejected the credentials. */
        AUTHORIZATION(ErrorCode.LOGIN_REFUSED, "nats.auth.*"),
        /** The handshake failed, or a certificate is not trusted. */
        TLS(ErrorCode.TLS_FAILED, "nats.ssl.*"),
        /** The server did not reply in time. */
        TIMEOUT(ErrorCode.UNREACHABLE, "nats.servers, nats.connect.timeout.ms"),
        /** The connection was refused or reset, or the host is unknown. */
        UNREACHABLE(ErrorCode.UNREACHABLE, "nats.servers");

        private final ErrorCode code;
        private final String settings;

        Reason(ErrorCode code, String settings) {
            this.code = code;
            this.settings = settings;
        }

        String settings() {
            return settings;
        }
    }
}
