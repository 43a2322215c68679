package io.jetsink.config;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Finds problems in the form of keystore and truststore before Kafka's {@code DefaultSslEngineFactory} reads them: for the
 * same problems that factory has the texts of a DER parser. The texts never hold content of a store.
 */
public final class PemStores {
    private static final String PEM = "PEM";
    private static final String BEGIN = "-----BEGIN ";
    private static final String CERTIFICATE = "CERTIFICATE";

    private static final Store TRUST = new Store(
            SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
            SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
            SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG,
            "");
    private static final Store KEYS = new Store(
            SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
            SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
            SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG,
            ", and set nats." + SslConfigs.SSL_KEY_PASSWORD_CONFIG + " if the private key is encrypted");

    private final Map<String, Object> values;

    private PemStores(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * A problem of a store.
     *
     * @param key the key to look at
     * @param problem completes "&lt;key&gt; …" with the problem and what to do
     */
    public record Problem(String key, String problem) {
        /** Returns the problem as a sentence that begins with the key. */
        public String text() {
            return key + " " + problem;
        }
    }

    /** Kafka's keys for one store, and what to do with the password of a PEM file after removing it. */
    private record Store(String location, String type, String password, String alsoDo) {}

    /**
     * Returns the first problem of the stores, null if there is none.
     *
     * @param values by Kafka's keys ({@code ssl.keystore.location}), without values that were refused
     */
    static @Nullable Problem problem(Map<String, Object> values) {
        PemStores stores = new PemStores(values);
        Problem problem = stores.ofTrust();
        return problem == null ? stores.ofKeys() : problem;
    }

    private @Nullable Problem ofTrust() {
        String inline = secret(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG);
        String inlineKey = inline == null ? null : SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG;
        Problem form = ofForm(TRUST, inlineKey);
        if (form != null) {
            return form;
        }
        String pem = inline != null ? inline : pemFile(TRUST);
        if (pem == null) {
            return null;
        }
        String key = inlineKey == null ? TRUST.location : inlineKey;
        if (PemBlock.find(pem, PemBlock.PRIVATE_KEY) != null) {
            return problem(
                    key,
                    "holds a private key, and a truststore must hold only the certificates of CAs: remove the key, or set"
                            + " the file as nats." + SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
        }
        return PemBlock.find(pem, CERTIFICATE) == null
                ? problem(key, "holds no certificate (BEGIN CERTIFICATE): set it to the PEM of the trusted CAs")
                : null;
    }

    private @Nullable Problem ofKeys() {
        String key = secret(SslConfigs.SSL_KEYSTORE_KEY_CONFIG);
        String chain = secret(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);
        Problem form = ofForm(
                KEYS,
                key != null
                        ? SslConfigs.SSL_KEYSTORE_KEY_CONFIG
                        : chain == null ? null : SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);
        if (form != null) {
            return form;
        }
        if (key != null || chain != null) {
            return ofInlineKeys(key, chain);
        }
        String pem = pemFile(KEYS);
        if (pem != null) {
            Problem problem = ofKey(KEYS.location, pem);
            return problem != null || PemBlock.find(pem, CERTIFICATE) != null
                    ? problem
                    : problem(
                            KEYS.location,
                            "holds a private key and no certificate (BEGIN CERTIFICATE): add the client's certificate chain"
                                    + " to the file");
        }
        return values.containsKey(KEYS.location) && !isPem(KEYS) && secret(KEYS.password) == null
                ? problem(
                        KEYS.password,
                        "is missing, and a keystore of the type " + type(KEYS) + " requires it: set it, or set nats."
                                + KEYS.type + "=PEM for a PEM file")
                : null;
    }

    private @Nullable Problem ofInlineKeys(@Nullable String key, @Nullable String chain) {
        if (chain == null) {
            return missing(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);
        }
        if (key == null) {
            return missing(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, SslConfigs.SSL_KEYSTORE_KEY_CONFIG);
        }
        return PemBlock.find(chain, CERTIFICATE) == null
                ? problem(
                        SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                        "holds no certificate (BEGIN CERTIFICATE): set it to the client's certificate chain")
                : ofKey(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, key);
    }

    /** Returns the problem of a setting that the type of its store excludes, or null. */
    private @Nullable Problem ofForm(Store store, @Nullable String inlineKey) {
        boolean pem = isPem(store);
        String content = file(store);
        if (inlineKey != null && values.containsKey(store.location)) {
            return problem(store.location, "excludes nats." + inlineKey + ": remove one of the two");
        }
        if (inlineKey != null && !pem) {
            return problem(store.type, "must be PEM with nats." + inlineKey + ": set nats." + store.type + "=PEM");
        }
        if (content != null && !pem && content.contains(BEGIN)) {
            return problem(
                    store.type,
                    "is " + type(store) + ", and nats." + store.location + " names a PEM file: set nats." + store.type
                            + "=PEM");
        }
        if (content != null && pem && !content.contains(BEGIN)) {
            return problem(
                    store.location,
                    "names a file without a PEM block (-----BEGIN ...): set nats." + store.type
                            + " to the format of the file, JKS or PKCS12, or name a PEM file");
        }
        return pem && (values.containsKey(store.location) || inlineKey != null) && secret(store.password) != null
                ? problem(store.password, "does not apply to PEM: remove it" + store.alsoDo)
                : null;
    }

    private @Nullable Problem ofKey(String at, String pem) {
        PemBlock block = PemBlock.find(pem, PemBlock.PRIVATE_KEY);
        if (block == null) {
            return problem(
                    at,
                    "holds no private key (BEGIN PRIVATE KEY): "
                            + (at.equals(KEYS.location)
                                    ? "add the client's key to the file"
                                    : "set it to the client's private key"));
        }
        String problem = block.problemOfKey(
                secret(SslConfigs.SSL_KEY_PASSWORD_CONFIG) != null, "nats." + SslConfigs.SSL_KEY_PASSWORD_CONFIG);
        return problem == null ? null : problem(at, problem);
    }

    private static Problem missing(String there, String missing) {
        return problem(there, "requires nats." + missing + ", which is missing: set both");
    }

    private static Problem problem(String kafkaKey, String text) {
        return new Problem("nats." + kafkaKey, text);
    }

    private boolean isPem(Store store) {
        return type(store).equalsIgnoreCase(PEM);
    }

    private String type(Store store) {
        return values.get(store.type) instanceof String type ? type : SslConfigs.DEFAULT_SSL_KEYSTORE_TYPE;
    }

    private @Nullable String secret(String key) {
        return values.get(key) instanceof Password secret ? secret.value() : null;
    }

    private @Nullable String pemFile(Store store) {
        return isPem(store) ? file(store) : null;
    }

    /** Returns the content of a store; null if there is none, or it is unreadable, which is an error of its own. */
    private @Nullable String file(Store store) {
        if (!(values.get(store.location) instanceof String path)) {
            return null;
        }
        RegularFile.Content content = RegularFile.store(path);
        return content.problem() == null ? new String(content.bytes(), StandardCharsets.ISO_8859_1) : null;
    }
}
