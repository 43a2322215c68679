package io.jetsink.nats;

import io.jetsink.config.PemStores;
import io.jetsink.config.TlsSettings;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS, set up again for each connection so that renewed stores are used. Kafka's own factory reads the stores; it supports
 * JKS, PKCS12 and PEM, and uses the truststore of the JVM by default.
 *
 * @param protocols null: those of the JVM
 * @param ciphers null: those of the JVM
 */
record TlsContext(
        SSLContext context,
        @Nullable List<String> protocols,
        @Nullable List<String> ciphers,
        boolean verifyHostname,
        ValidTrustAnchors trusted) {

    static @Nullable TlsContext read(TlsSettings settings) throws ConnectFailedException {
        if (!settings.configured()) {
            return null;
        }
        check(TlsSettings.TRUSTSTORE_CONFIG, settings.trustStore());
        check(TlsSettings.KEYSTORE_CONFIG, settings.keyStore());
        PemStores.Problem problem = settings.storeProblem();
        if (problem != null) {
            throw failed(problem.key(), problem.text() + " (see nats.ssl.*)", null);
        }
        // Adds Kafka's defaults, some of which its factory requires.
        Map<String, Object> configs = new ConfigDef().withClientSslSupport().parse(settings.sslConfigs());
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(configs);
            return new TlsContext(
                    factory.sslContext(),
                    strings(configs.get(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG)),
                    strings(configs.get(SslConfigs.SSL_CIPHER_SUITES_CONFIG)),
                    settings.verifyHostname(),
                    ValidTrustAnchors.of(factory.truststore()));
        } catch (KafkaException | GeneralSecurityException e) {
            String key = culprit(settings);
            throw failed(key, e.getMessage() + " (see " + key + ", nats.ssl.*)", e);
        }
    }

    /** Returns the key of the store without which TLS can be set up. Kafka's exceptions do not name the store. */
    private static String culprit(TlsSettings settings) {
        Map<String, Object> parts = new HashMap<>(settings.sslConfigs());
        parts.keySet().removeIf(key -> key.startsWith("ssl.keystore.") || key.startsWith("ssl.key."));
        if (isSound(parts)) {
            return settings.keyStoreKey();
        }
        parts.keySet().removeIf(key -> key.startsWith("ssl.truststore."));
        return isSound(parts) ? settings.trustStoreKey() : "nats." + SslConfigs.SSL_PROTOCOL_CONFIG;
    }

    private static boolean isSound(Map<String, Object> configs) {
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new ConfigDef().withClientSslSupport().parse(configs));
            return true;
        } catch (KafkaException e) {
            return false;
        }
    }

    /** Refuses a FIFO, on which Kafka's factory would wait forever, and a device, with which it would fill the heap. */
    private static void check(String key, @Nullable String path) throws ConnectFailedException {
        String problem = path == null ? null : TlsSettings.problemOfStore(path);
        if (problem != null) {
            throw failed(key, key + " " + problem + ": " + path + " (see nats.ssl.*)", null);
        }
    }

    private static ConnectFailedException failed(String key, String problem, @Nullable Exception cause) {
        String text = "TLS cannot be set up: " + problem;
        return new ConnectFailedException(ConnectFailedException.Reason.SETTINGS, key, text, cause);
    }

    /** Starts TLS on {@code socket}. Closing the returned socket closes {@code socket}. */
    SSLSocket handshake(Socket socket, String host, int port) throws IOException {
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = secure.getSSLParameters();
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
        trusted.check(secure.getSession());
        return secure;
    }

    /** Returns null for an empty list, which means the default, as in Kafka. */
    private static @Nullable List<String> strings(@Nullable Object configured) {
        return configured instanceof List<?> list && !list.isEmpty()
                ? list.stream().map(String::valueOf).toList()
                : null;
    }
}
