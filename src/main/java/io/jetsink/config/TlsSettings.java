package io.jetsink.config;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;

/**
 * TLS as configured under {@code nats.ssl.} with Kafka's own names.
 *
 * @param sslConfigs parsed values by Kafka's key without our prefix, as {@code DefaultSslEngineFactory} takes them
 * @param configured whether any {@code nats.ssl.} key is set or a server URL asks for TLS
 * @param verifyHostname false only where {@code nats.ssl.endpoint.identification.algorithm} is set empty
 * @param tlsFirst handshake before the server's INFO ({@code nats.tls.first})
 */
public record TlsSettings(
        Map<String, Object> sslConfigs, boolean configured, boolean verifyHostname, boolean tlsFirst) {

    public static final String TLS_FIRST_CONFIG = "nats.tls.first";
    public static final String ENDPOINT_IDENTIFICATION_CONFIG =
            "nats." + SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG;

    public static final String KEYSTORE_CONFIG = "nats." + SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG;
    public static final String TRUSTSTORE_CONFIG = "nats." + SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG;

    private static final String PREFIX = "nats.";
    private static final String SSL_PREFIX = "nats.ssl.";
    private static final String STORE_PASSWORD = "Password of the %s; PEM has none.";

    /**
     * Our words on Kafka's keys, in the order of the reference. A key of Kafka's that is not here is not offered:
     * {@code ssl.engine.factory.class} would be ignored by a client that takes an SSLContext.
     */
    private static final List<Map.Entry<String, String>> DOCS = List.of(
            entry(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, "Path of the file with the authorities that are trusted."),
            entry(SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG, STORE_PASSWORD.formatted("trust store")),
            entry(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "Format of the trust store: JKS, PKCS12 or PEM."),
            entry(
                    SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                    "Trusted authorities as PEM text, instead of a file. Needs the type PEM."),
            entry(
                    SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
                    "Path of the file with the client's key and certificates, for servers that ask for them. In PEM the key "
                            + "must be PKCS#8 (BEGIN PRIVATE KEY)."),
            entry(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG, STORE_PASSWORD.formatted("key store")),
            entry(SslConfigs.SSL_KEY_PASSWORD_CONFIG, "Password of the private key in the key store or PEM text."),
            entry(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "Format of the key store: JKS, PKCS12 or PEM."),
            entry(
                    SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                    "The client's private key as PEM text (PKCS#8), instead of a file. Unlike a file it is not read "
                            + "again: a renewed key needs a restart of the task."),
            entry(
                    SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                    "The client's certificate chain as PEM text, instead of a file."),
            entry(
                    SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG,
                    "https: the server's certificate must name its host. Set empty: host names are not verified."),
            entry(SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, "TLS versions that may be used."),
            entry(SslConfigs.SSL_PROTOCOL_CONFIG, "Name of the TLS context to create."),
            entry(SslConfigs.SSL_CIPHER_SUITES_CONFIG, "Cipher suites that may be used; all of the JVM's if not set."),
            entry(SslConfigs.SSL_PROVIDER_CONFIG, "Security provider to use; the JVM's if not set."),
            entry(SslConfigs.SSL_KEYMANAGER_ALGORITHM_CONFIG, "Algorithm of the key manager."),
            entry(SslConfigs.SSL_TRUSTMANAGER_ALGORITHM_CONFIG, "Algorithm of the trust manager."),
            entry(SslConfigs.SSL_SECURE_RANDOM_IMPLEMENTATION_CONFIG, "Random generator; the JVM's if not set."));

    /** The path of the client's key and certificates, null if there is none. */
    public @Nullable String keyStore() {
        return (String) sslConfigs.get(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
    }

    /** The path of the trusted authorities, null if there is none. */
    public @Nullable String trustStore() {
        return (String) sslConfigs.get(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG);
    }

    /**
     * Why a store cannot be opened without the danger of a wait or of a flood, completing "&lt;key&gt; …"; null if it can.
     * Files may have become something else since the configuration was checked.
     */
    public static @Nullable String problemOfStore(String path) {
        return RegularFile.store(path).problem();
    }

    /**
     * A problem of a store.
     *
     * @param key to look at
     * @param text the problem and what to do, beginning with the key
     */
    public record StoreProblem(String key, String text) {}

    /**
     * The problem that the form of the stores shows, by their present content: a store may have been replaced since the
     * configuration was checked. Null: none.
     */
    public @Nullable StoreProblem storeProblem() {
        return PemStores.problem(sslConfigs);
    }

    /** The key that names the client's key and certificates. */
    public String keyStoreKey() {
        return sslConfigs.containsKey(SslConfigs.SSL_KEYSTORE_KEY_CONFIG)
                ? PREFIX + SslConfigs.SSL_KEYSTORE_KEY_CONFIG
                : KEYSTORE_CONFIG;
    }

    /** The key that names the trusted authorities. */
    public String trustStoreKey() {
        return sslConfigs.containsKey(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG)
                ? PREFIX + SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG
                : TRUSTSTORE_CONFIG;
    }

    static void define(ConfigDef def) {
        ConfigDef kafka = new ConfigDef();
        SslConfigs.addClientSslSupport(kafka);
        KeyGroup group = new KeyGroup(def, "TLS")
                .flag(
                        TLS_FIRST_CONFIG,
                        false,
                        Importance.LOW,
                        "TLS first",
                        "Make the TLS handshake before the server's first word, for servers with handshake_first. "
                                + "Needs tls:// or wss:// servers.");
        DOCS.forEach(doc -> {
            ConfigKey key = Objects.requireNonNull(kafka.configKeys().get(doc.getKey()), doc.getKey());
            String label = doc.getKey().substring("ssl.".length()).replace('.', ' ');
            group.add(
                    PREFIX + key.name,
                    key.type,
                    key.defaultValue,
                    rule(key),
                    key.importance,
                    Width.MEDIUM,
                    label,
                    doc.getValue());
        });
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

    static void check(ValidationContext findings) {
        checkStores(findings);
        if (!(findings.value(ConnectionSettings.SERVERS_CONFIG) instanceof List<?> list)) {
            return;
        }
        List<String> servers = ServerUrls.strings(list);
        if (Boolean.TRUE.equals(findings.value(TLS_FIRST_CONFIG)) && !ServerUrls.anySecure(servers)) {
            findings.refuse(
                    TLS_FIRST_CONFIG,
                    TLS_FIRST_CONFIG + " needs tls:// or wss:// URLs in " + ConnectionSettings.SERVERS_CONFIG);
        }
        if (ServerUrls.anyPlainWebsocket(servers)) {
            for (Map.Entry<String, String> doc : DOCS) {
                String key = PREFIX + doc.getKey();
                if (findings.isGiven(key)) {
                    findings.refuse(
                            key,
                            key + " has no effect on ws://, which stays plain text: use wss:// URLs in "
                                    + ConnectionSettings.SERVERS_CONFIG + ", or leave nats.ssl.* out");
                }
            }
        }
    }

    private static void checkStores(ValidationContext findings) {
        Map<String, Object> values = new HashMap<>();
        for (Map.Entry<String, String> doc : DOCS) {
            Object value = findings.value(PREFIX + doc.getKey());
            if (value != null) {
                values.put(doc.getKey(), value);
            }
        }
        StoreProblem problem = PemStores.problem(values);
        if (problem != null) {
            findings.refuse(problem.key(), problem.text());
        }
    }

    static TlsSettings from(AbstractConfig config) {
        Map<String, Object> sslConfigs = new HashMap<>();
        config.values().forEach((key, value) -> {
            if (key.startsWith(SSL_PREFIX) && value != null) {
                sslConfigs.put(key.substring(PREFIX.length()), value);
            }
        });
        boolean anyKey = config.originals().keySet().stream().anyMatch(key -> key.startsWith(SSL_PREFIX));
        return new TlsSettings(
                Map.copyOf(sslConfigs),
                anyKey || ServerUrls.anySecure(config.getList(ConnectionSettings.SERVERS_CONFIG)),
                !config.getString(ENDPOINT_IDENTIFICATION_CONFIG).isEmpty(),
                config.getBoolean(TLS_FIRST_CONFIG));
    }
}
