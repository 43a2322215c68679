package io.jetsink.nats;

import io.jetsink.nats.ConnectFailedException.Reason;
import io.nats.client.AuthenticationException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Comparator;
import java.util.List;
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
    static FailedAttempt of(String server, Exception thrown, @Nullable Exception noted) {
        if (thrown instanceof AuthenticationException) {
            return new FailedAttempt(server, Reason.AUTHORIZATION, String.valueOf(thrown.getMessage()), thrown);
        }
        var root = root(noted == null ? thrown : noted);
        if (isIn(SSLException.class, noted) || isIn(CertificateException.class, noted)) {
            return new FailedAttempt(server, Reason.TLS, "TLS: " + text(root), root);
        }
        if (root instanceof TimeoutException || root instanceof SocketTimeoutException) {
            return new FailedAttempt(server, Reason.TIMEOUT, "no answer in time", root);
        }
        return new FailedAttempt(server, Reason.UNREACHABLE, text(root), root);
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
                worst.reason, "No connection to NATS: " + texts + " (see " + settings + ")", worst.cause);
    }

    private static String text(Throwable e) {
        if (e instanceof UnknownHostException) {
            return "unknown host";
        }
        if (e instanceof ConnectException && e.getMessage() != null) {
            return e.getMessage();
        }
        if (e instanceof EOFException) {
            return "the server hung up";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static boolean isIn(Class<? extends Exception> type, @Nullable Throwable chain) {
        for (var e = chain; e != null; e = e.getCause()) {
            if (type.isInstance(e)) {
                return true;
            }
        }
        return false;
    }

    private static Throwable root(Throwable chain) {
        var e = chain;
        for (var cause = e.getCause(); cause != null; cause = e.getCause()) {
            e = cause;
        }
        return e;
    }
}
