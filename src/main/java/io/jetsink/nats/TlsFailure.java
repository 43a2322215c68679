package io.jetsink.nats;

import io.jetsink.config.ConnectionSettings;
import io.jetsink.config.TlsSettings;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the configuration key to check after a failed handshake. */
final class TlsFailure {
    private static final String ALERT = "received fatal alert: ";
    /** Alerts of a server that rejects the client's certificate (RFC 8446, 6.2, in the words of the JDK). */
    private static final List<String> OF_CLIENT = List.of(
            "certificate_required",
            "bad_certificate",
            "certificate_unknown",
            "certificate_expired",
            "certificate_revoked",
            "unsupported_certificate",
            "unknown_ca");

    private TlsFailure() {}

    /** Returns null if the failure shows no key. */
    static @Nullable String key(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            int alert = text.indexOf(ALERT);
            if (alert >= 0 && OF_CLIENT.stream().anyMatch(text.substring(alert)::contains)) {
                return TlsSettings.KEYSTORE_CONFIG;
            }
            if (cause instanceof CertPathValidatorException || cause instanceof CertPathBuilderException) {
                return TlsSettings.TRUSTSTORE_CONFIG;
            }
            if (cause instanceof CertificateException && cause.getCause() == null) {
                return text.contains("found") || text.contains("domain name")
                        ? ConnectionSettings.SERVERS_CONFIG
                        : TlsSettings.TRUSTSTORE_CONFIG;
            }
        }
        return null;
    }
}
