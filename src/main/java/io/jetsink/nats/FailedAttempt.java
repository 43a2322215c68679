package io.jetsink.nats;

import io.jetsink.message.LogSafeText;
import io.jetsink.nats.ConnectFailedException.Reason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A failed attempt to connect to one server.
 *
 * @param server URL of the server
 * @param text the failure in a few words
 */
record FailedAttempt(String server, Reason reason, String text, Throwable cause) {
    private static final int MAX_TEXT = 512;
    /**
     * Errors of a server that is at a limit or out of time, in lower case (nats-server 2.9 to 2.15: server.go, client.go,
     * accounts.go). They do not mean that the credentials are wrong.
     */
    private static final List<String> BUSY = List.of(
            "authentication timeout",
            "maximum connections exceeded",
            "maximum account active connections exceeded",
            "connection throttling is active",
            "failed account registration");
    /** Error of a server if the TLS handshake does not end in time. */
    private static final String TLS_TIMEOUT = "secure connection - tls required";
    /**
     * Part of "Authorization Violation", "User Authentication Expired", "User Authentication Revoked" and "Account
     * Authentication Expired".
     */
    private static final String DENIED = "auth";

    /** @param thrown the exception of the attempt, if any */
    static FailedAttempt of(ConnectAttempt attempt, @Nullable Exception thrown) {
        String server = attempt.target().server();
        Exception failure = attempt.failure() == null ? thrown : attempt.failure();
        Throwable root = failure == null ? new IOException("no reason given") : root(failure);
        String error = attempt.lastServerError();
        if (error != null) {
            return new FailedAttempt(server, reason(error), error, root);
        }
        SSLException tls = find(SSLException.class, failure);
        if (tls != null) {
            String detail = text(root);
            String text = text(tls).contains(detail) ? text(tls) : text(tls) + ": " + detail;
            return new FailedAttempt(server, Reason.TLS, text, tls);
        }
        if (root instanceof TimeoutException || root instanceof SocketTimeoutException) {
            return new FailedAttempt(server, Reason.TIMEOUT, "no reply in time", root);
        }
        return new FailedAttempt(server, Reason.UNREACHABLE, text(root), root);
    }

    /** Errors have no codes in the protocol, only texts. */
    private static Reason reason(String error) {
        String text = error.toLowerCase(Locale.ROOT);
        if (BUSY.stream().anyMatch(text::contains)) {
            return Reason.BUSY;
        }
        if (text.contains(TLS_TIMEOUT)) {
            return Reason.TLS;
        }
        return text.contains(DENIED) ? Reason.AUTHORIZATION : Reason.UNREACHABLE;
    }

    /** Returns the exception for the attempts at all servers. */
    static ConnectFailedException all(List<FailedAttempt> attempts) {
        FailedAttempt worst = Collections.min(attempts, Comparator.comparing(FailedAttempt::reason));
        String texts = attempts.stream()
                .map(attempt -> attempt.server + ": " + attempt.text)
                .collect(Collectors.joining("; "));
        String settings = attempts.stream()
                .map(attempt -> attempt.reason)
                .distinct()
                .sorted()
                .map(Reason::settings)
                .collect(Collectors.joining("; "));
        return new ConnectFailedException(
                worst.reason,
                worst.reason == Reason.TLS ? TlsFailure.key(worst.cause) : null,
                "No connection to NATS: " + texts + " (see " + settings + ")",
                worst.cause);
    }

    private static String text(Throwable e) {
        if (e instanceof UnknownHostException) {
            return "unknown host";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : LogSafeText.of(e.getMessage(), MAX_TEXT);
    }

    private static <E extends Exception> @Nullable E find(Class<E> type, @Nullable Throwable chain) {
        for (Throwable e = chain; e != null; e = e.getCause()) {
            if (type.isInstance(e)) {
                return type.cast(e);
            }
        }
        return null;
    }

    private static Throwable root(Throwable chain) {
        return chain.getCause() == null ? chain : root(chain.getCause());
    }
}
