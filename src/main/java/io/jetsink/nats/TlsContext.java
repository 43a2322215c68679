package io.jetsink.nats;

import io.jetsink.config.TlsSettings;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS as configured, made anew for each connection so that renewed stores are taken. Kafka's own factory reads the
 * stores; it knows JKS, PKCS12 and PEM, and falls back on the JVM's trust store.
 *
 * @param context keys and trust
 * @param protocols what to offer, null: the JVM's choice
 * @param ciphers what to offer, null: the JVM's choice
 * @param verifyHostname whether the certificate has to be for the server's name
 * @param authorities who may vouch for the server
 */
record TlsContext(
        SSLContext context,
        @Nullable List<String> protocols,
        @Nullable List<String> ciphers,
        boolean verifyHostname,
        ValidTrustAnchors authorities) {

    static @Nullable TlsContext read(TlsSettings settings) throws ConnectFailedException {
        if (!settings.configured()) {
            return null;
        }
        check(TlsSettings.TRUSTSTORE_CONFIG, settings.trustStore());
        check(TlsSettings.KEYSTORE_CONFIG, settings.keyStore());
        var problem = settings.storeProblem();
        if (problem != null) {
            throw new ConnectFailedException(
                    ConnectFailedException.Reason.SETTINGS,
                    problem.key(),
                    "TLS cannot be set up: " + problem.text() + " (see nats.ssl.*)",
                    null);
        }
        // Fills in Kafka's defaults, some of which its factory insists on.
        var configs = new ConfigDef().withClientSslSupport().parse(settings.sslConfigs());
        try (var factory = new DefaultSslEngineFactory()) {
            factory.configure(configs);
            return new TlsContext(
                    factory.sslContext(),
                    strings(configs.get(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG)),
                    strings(configs.get(SslConfigs.SSL_CIPHER_SUITES_CONFIG)),
                    settings.verifyHostname(),
                    ValidTrustAnchors.of(factory.truststore()));
        } catch (KafkaException | GeneralSecurityException e) {
            var key = culprit(settings);
            throw new ConnectFailedException(
                    ConnectFailedException.Reason.SETTINGS,
                    key,
                    "TLS cannot be set up: " + e.getMessage() + " (see " + key + ", nats.ssl.*)",
                    e);
        }
    }

    /** The key of the part without which TLS can be set up: Kafka's exceptions have no other form than their text. */
    private static String culprit(TlsSettings settings) {
        var parts = new HashMap<>(settings.sslConfigs());
        parts.keySet().removeIf(key -> key.startsWith("ssl.keystore.") || key.startsWith("ssl.key."));
        if (isSound(parts)) {
            return settings.keyStoreKey();
        }
        parts.keySet().removeIf(key -> key.startsWith("ssl.truststore."));
        return isSound(parts) ? settings.trustStoreKey() : "nats." + SslConfigs.SSL_PROTOCOL_CONFIG;
    }

    private static boolean isSound(Map<String, Object> configs) {
        try (var factory = new DefaultSslEngineFactory()) {
            factory.configure(new ConfigDef().withClientSslSupport().parse(configs));
            return true;
        } catch (KafkaException e) {
            return false;
        }
    }

    /** Kafka's factory would wait for a FIFO for ever, and read a device until the heap is full. */
    private static void check(String key, @Nullable String path) throws ConnectFailedException {
        var problem = path == null ? null : TlsSettings.problemOfStore(path);
        if (problem != null) {
            throw new ConnectFailedException(
                    ConnectFailedException.Reason.SETTINGS,
                    key,
                    "TLS cannot be set up: " + key + " " + problem + ": " + path + " (see nats.ssl.*)",
                    null);
        }
    }

    /** Secures {@code socket}, which is closed with what is returned. */
    SSLSocket handshake(Socket socket, String host, int port) throws IOException {
        var secure = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
        var parameters = secure.getSSLParameters();
        if (verifyHostname) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (protocols != null) {
            parameters.setProtocols(protocols.toArray(String[]::new));
        }
        if (ciphers != null) {
            parameters.setCipherSuites(ciphers.toArray(String[]::new));
        }
        secure.setSSLParameters(parameters);
        secure.setUseClientMode(true);
        secure.startHandshake();
        authorities.check(secure.getSession());
        return secure;
    }

    /** A list without elements means the default, as in Kafka. */
    private static @Nullable List<String> strings(@Nullable Object configured) {
        return configured instanceof List<?> list && !list.isEmpty()
                ? list.stream().map(String::valueOf).toList()
                : null;
    }
}
