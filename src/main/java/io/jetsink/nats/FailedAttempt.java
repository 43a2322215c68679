package io.jetsink.nats;

import io.jetsink.message.LogSafeText;
import io.jetsink.nats.ConnectFailedException.Reason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why one server could not be connected to.
 *
 * @param server its URL
 * @param reason the kind of failure
 * @param text the failure in a few words
 * @param cause what was thrown
 */
record FailedAttempt(String server, Reason reason, String text, Throwable cause) {
    private static final int MAX_TEXT = 512;
    /**
     * Errors with which a server closes a connection that it has no room or time for, in lower case (nats-server 2.9 to
     * 2.15: server.go, client.go, accounts.go). They say nothing of the credentials.
     */
    private static final List<String> BUSY = List.of(
            "authentication timeout",
            "maximum connections exceeded",
            "maximum account active connections exceeded",
            "connection throttling is active",
            "failed account registration");
    /** Error of a server whose TLS handshake was not finished in time. */
    private static final String TLS_TIMEOUT = "secure connection - tls required";
    /**
     * Part of "Authorization Violation", "User Authentication Expired", "User Authentication Revoked" and "Account
     * Authentication Expired".
     */
    private static final String DENIED = "auth";

    /** Judges by what the monitor of the attempt noted; {@code thrown} is what connecting threw, if it did. */
    static FailedAttempt of(ConnectAttempt monitor, @Nullable Exception thrown) {
        var server = monitor.target().server();
        var noted = monitor.failure() == null ? thrown : monitor.failure();
        var root = noted == null ? new IOException("no reason given") : root(noted);
        var error = monitor.lastServerError();
        if (error != null) {
            return new FailedAttempt(server, reason(error), error, root);
        }
        var tls = find(SSLException.class, noted);
        if (tls != null) {
            var detail = text(root);
            var text = text(tls).contains(detail) ? text(tls) : text(tls) + ": " + detail;
            return new FailedAttempt(server, Reason.TLS, text, tls);
        }
        if (root instanceof TimeoutException || root instanceof SocketTimeoutException) {
            return new FailedAttempt(server, Reason.TIMEOUT, "no answer in time", root);
        }
        return new FailedAttempt(server, Reason.UNREACHABLE, text(root), root);
    }

    /** The protocol has no codes for errors, only texts. */
    private static Reason reason(String error) {
        var text = error.toLowerCase(Locale.ROOT);
        if (BUSY.stream().anyMatch(text::contains)) {
            return Reason.BUSY;
        }
        if (text.contains(TLS_TIMEOUT)) {
            return Reason.TLS;
        }
        return text.contains(DENIED) ? Reason.AUTHORIZATION : Reason.UNREACHABLE;
    }

    /** The exception for a whole round. */
    static ConnectFailedException all(List<FailedAttempt> attempts) {
        var worst = attempts.stream()
                .min(Comparator.comparing(FailedAttempt::reason))
                .orElseThrow(() -> new IllegalArgumentException("nothing was tried"));
        var texts = attempts.stream()
                .map(attempt -> attempt.server + ": " + attempt.text)
                .collect(Collectors.joining("; "));
        var settings = attempts.stream()
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
        for (var e = chain; e != null; e = e.getCause()) {
            if (type.isInstance(e)) {
                return type.cast(e);
            }
        }
        return null;
    }

    private static Throwable root(Throwable chain) {
        var e = chain;
        for (var cause = e.getCause(); cause != null; cause = e.getCause()) {
            e = cause;
        }
        return e;
    }
}
