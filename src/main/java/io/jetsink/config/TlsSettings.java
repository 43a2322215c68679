package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;

/**
 * TLS, configured with Kafka's own keys and the prefix {@code nats.}.
 *
 * @param sslConfigs parsed values by Kafka's key without the prefix, as {@code DefaultSslEngineFactory} reads them
 * @param configured whether any {@code nats.ssl.} key is set or the URL of a server requires TLS
 * @param verifyHostname false only if {@code nats.ssl.endpoint.identification.algorithm} is empty
 * @param tlsFirst whether TLS starts before the server's INFO
 */
public record TlsSettings(
        Map<String, Object> sslConfigs, boolean configured, boolean verifyHostname, boolean tlsFirst) {

    public static final String TLS_FIRST_CONFIG = "nats.tls.first";
    public static final String KEYSTORE_CONFIG = "nats." + SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG;
    public static final String TRUSTSTORE_CONFIG = "nats." + SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG;

    private static final String PREFIX = "nats.";
    private static final String SSL_PREFIX = "nats.ssl.";
    /**
     * The documentation of Kafka's keys, in the order of the reference. {@code ssl.engine.factory.class} is not offered: the
     * NATS client gets an SSLContext, and a factory would have no effect.
     */
    private static final Map<String, String> DOCS = new LinkedHashMap<>();

    static {
        document(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, "Path of the truststore with the trusted CAs.");
        document(SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG, "Password of the truststore. PEM has no password.");
        document(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "Format of the truststore: JKS, PKCS12 or PEM.");
        document(
                SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                "Certificates of the trusted CAs as PEM text, instead of a file. Requires the type PEM.");
        document(
                SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
                "Path of the keystore with the client's private key and certificate chain, for servers that require a client "
                        + "certificate. In PEM the key must be PKCS#8 (BEGIN PRIVATE KEY).");
        document(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG, "Password of the keystore. PEM has no password.");
        document(SslConfigs.SSL_KEY_PASSWORD_CONFIG, "Password of the private key in the keystore or the PEM text.");
        document(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "Format of the keystore: JKS, PKCS12 or PEM.");
        document(
                SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                "The client's private key as PEM text (PKCS#8), instead of a file. It is read when the task starts: restart "
                        + "the task after a renewal. A file is read again for every connection.");
        document(
                SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                "The client's certificate chain as PEM text, instead of a file.");
        document(
                SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG,
                "https: the certificate of the server must match its host name. Empty: host names are not verified.");
        document(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, "Enabled TLS versions.");
        document(SslConfigs.SSL_PROTOCOL_CONFIG, "Protocol of the SSLContext.");
        document(SslConfigs.SSL_CIPHER_SUITES_CONFIG, "Enabled cipher suites. If not set: those of the JVM.");
        document(SslConfigs.SSL_PROVIDER_CONFIG, "Security provider. If not set: that of the JVM.");
        document(SslConfigs.SSL_KEYMANAGER_ALGORITHM_CONFIG, "Algorithm of the key manager.");
        document(SslConfigs.SSL_TRUSTMANAGER_ALGORITHM_CONFIG, "Algorithm of the trust manager.");
        document(
                SslConfigs.SSL_SECURE_RANDOM_IMPLEMENTATION_CONFIG,
                "Random number generator. If not set: that of the JVM.");
    }

    private static void document(String key, String text) {
        DOCS.put(key, text);
    }

    /** Returns the path of the keystore, null if there is none. */
    public @Nullable String keyStore() {
        return (String) sslConfigs.get(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
    }

    /** Returns the path of the truststore, null if there is none. */
    public @Nullable String trustStore() {
        return (String) sslConfigs.get(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG);
    }

    /**
     * Completes "&lt;key&gt; …" with why a store could block or exhaust memory when it is opened; null if it cannot. The file
     * may have been replaced since the configuration was checked.
     */
    public static @Nullable String problemOfStore(String path) {
        return RegularFile.store(path).problem();
    }

    /**
     * Returns the first problem in the form of the stores, null if there is none. Their present content is checked: a store
     * may have been replaced since the configuration was checked.
     */
    public PemStores.@Nullable Problem storeProblem() {
        return PemStores.problem(sslConfigs);
    }

    /** Returns the key that configures the client's private key. */
    public String keyStoreKey() {
        return sslConfigs.containsKey(SslConfigs.SSL_KEYSTORE_KEY_CONFIG)
                ? PREFIX + SslConfigs.SSL_KEYSTORE_KEY_CONFIG
                : KEYSTORE_CONFIG;
    }

    /** Returns the key that configures the trusted CAs. */
    public String trustStoreKey() {
        return sslConfigs.containsKey(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG)
                ? PREFIX + SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG
                : TRUSTSTORE_CONFIG;
    }

    static void define(ConfigDef def) {
        ConfigDef kafka = new ConfigDef();
        SslConfigs.addClientSslSupport(kafka);
        KeyGroup group = new KeyGroup(def, "TLS")
                .flag(TLS_FIRST_CONFIG, Importance.LOW, "TLS first")
                .doc("Starts TLS before the INFO message of the server, for servers with handshake_first. Requires "
                        + "tls:// or wss:// URLs in nats.servers.");
        DOCS.forEach((name, doc) -> {
            ConfigKey key = Objects.requireNonNull(kafka.configKeys().get(name), name);
            String label = name.substring("ssl.".length()).replace('.', ' ');
            group.key(PREFIX + name, key.type, key.defaultValue, rule(key), key.importance, Width.MEDIUM, label, null)
                    .doc(doc);
        });
    }

    /** Returns the {@code nats.ssl.} keys. */
    static List<String> sslKeys() {
        return DOCS.keySet().stream().map(PREFIX::concat).toList();
    }

    private static ValueRule rule(ConfigKey key) {
        return switch (key.name) {
            case SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG ->
                ValueRule.matching(
                        "https, or empty to leave host names unverified",
                        value -> value.equals("")
                                || ((String) value).toLowerCase(Locale.ROOT).equals("https"));
            case SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG ->
                RegularFile.rule();
            case SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                    SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG -> ValueRule.pem();
            default ->
                switch (key.type) {
                    case PASSWORD -> ValueRule.secret();
                    case LIST -> ValueRule.list();
                    default -> ValueRule.text();
                };
        };
    }

    static void check(ValidationContext context) {
        PemStores.Problem problem = PemStores.problem(sslConfigs(context::value));
        if (problem != null) {
            context.refuse(ErrorCode.UNUSABLE_SETTING, problem.key(), problem.problem());
        }
    }

    /** @param value returns the value of a {@code nats.ssl.} key, null if there is none */
    private static Map<String, Object> sslConfigs(Function<String, @Nullable Object> value) {
        Map<String, Object> sslConfigs = new HashMap<>();
        for (String name : DOCS.keySet()) {
            Object present = value.apply(PREFIX + name);
            if (present != null) {
                sslConfigs.put(name, present);
            }
        }
        return sslConfigs;
    }

    /** @param secureServers whether the URLs of the servers require TLS */
    static TlsSettings from(AbstractConfig config, boolean secureServers) {
        boolean anyKey = config.originals().keySet().stream().anyMatch(key -> key.startsWith(SSL_PREFIX));
        return new TlsSettings(
                Map.copyOf(sslConfigs(config.values()::get)),
                anyKey || secureServers,
                !config.getString(PREFIX + SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG)
                        .isEmpty(),
                config.getBoolean(TLS_FIRST_CONFIG));
    }
}
