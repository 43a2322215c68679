package io.jetsink.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * Problems of the stores of a TLS configuration, as far as their form shows them. Kafka's
 * {@code DefaultSslEngineFactory} reads them; its texts for the same problems are those of a DER parser. Texts never hold
 * content of a store.
 */
final class PemStores {
    private static final String PEM = "PEM";
    private static final String BEGIN = "-----BEGIN ";
    private static final String CERTIFICATE = "CERTIFICATE";

    private final Map<String, Object> values;

    /** @param values by Kafka's keys, without a prefix; what is not set, or was not accepted, is not there */
    private PemStores(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * The first problem of the stores, at its key; null if there is none.
     *
     * @param values by Kafka's keys ({@code ssl.keystore.location}); what is not set, or was not accepted, is not there
     */
    static TlsSettings.@Nullable StoreProblem problem(Map<String, Object> values) {
        PemStores stores = new PemStores(values);
        TlsSettings.StoreProblem problem = stores.ofTrust();
        return problem == null ? stores.ofKeys() : problem;
    }

    private TlsSettings.@Nullable StoreProblem ofTrust() {
        String location = text(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG);
        String inline = secret(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG);
        TlsSettings.StoreProblem form = ofForm(
                location,
                inline == null ? null : SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG,
                SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
                SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
                SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG);
        if (form != null) {
            return form;
        }
        String pem = inline != null ? inline : isPem(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG) ? file(location) : null;
        if (pem == null) {
            return null;
        }
        String key = inline == null
                ? SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG
                : SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG;
        if (PemBlock.find(pem, PemBlock.PRIVATE_KEY) != null) {
            return problem(
                    key,
                    "holds a private key, and a trust store must hold the certificates of authorities only: remove the key,"
                            + " or set the file as nats." + SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
        }
        return PemBlock.find(pem, CERTIFICATE) == null
                ? problem(key, "holds no certificate (BEGIN CERTIFICATE): set it to the PEM of the trusted authorities")
                : null;
    }

    private TlsSettings.@Nullable StoreProblem ofKeys() {
        String location = text(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
        String key = secret(SslConfigs.SSL_KEYSTORE_KEY_CONFIG);
        String chain = secret(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);
        String inline = key != null
                ? SslConfigs.SSL_KEYSTORE_KEY_CONFIG
                : chain == null ? null : SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG;
        TlsSettings.StoreProblem form = ofForm(
                location,
                inline,
                SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
                SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
                SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG);
        if (form != null) {
            return form;
        }
        if (inline != null) {
            if (chain == null) {
                return missing(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);
            }
            if (key == null) {
                return missing(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, SslConfigs.SSL_KEYSTORE_KEY_CONFIG);
            }
            if (PemBlock.find(chain, CERTIFICATE) == null) {
                return problem(
                        SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                        "holds no certificate (BEGIN CERTIFICATE): set it to the client's certificate chain");
            }
            return ofKey(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, key);
        }
        String pem = isPem(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG) ? file(location) : null;
        if (pem != null) {
            TlsSettings.StoreProblem problem = ofKey(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, pem);
            return problem != null || PemBlock.find(pem, CERTIFICATE) != null
                    ? problem
                    : problem(
                            SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
                            "holds a private key and no certificate (BEGIN CERTIFICATE): add the client's certificate chain"
                                    + " to the file");
        }
        if (location != null
                && !isPem(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG)
                && secret(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG) == null) {
            return problem(
                    SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG,
                    "is missing: a key store of the type " + type(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG)
                            + " requires it. For a PEM file set nats." + SslConfigs.SSL_KEYSTORE_TYPE_CONFIG + "=PEM");
        }
        return null;
    }

    /** Returns the problem of a setting that the type of its store excludes, or null. */
    private TlsSettings.@Nullable StoreProblem ofForm(
            @Nullable String location,
            @Nullable String inline,
            String locationKey,
            String typeKey,
            String passwordKey) {
        boolean pem = isPem(typeKey);
        if (inline != null && location != null) {
            return problem(locationKey, "excludes nats." + inline + ": remove one of the two");
        }
        if (inline != null && !pem) {
            return problem(typeKey, "must be PEM with nats." + inline + ": set nats." + typeKey + "=PEM");
        }
        String content = location == null ? null : file(location);
        if (content != null && !pem && content.contains(BEGIN)) {
            return problem(
                    typeKey,
                    "is " + type(typeKey) + ", and nats." + locationKey + " names a PEM file: set nats." + typeKey
                            + "=PEM");
        }
        if (content != null && pem && !content.contains(BEGIN)) {
            return problem(
                    locationKey,
                    "names a file without a PEM block (-----BEGIN ...): set nats." + typeKey
                            + " to the format of the file, JKS or PKCS12, or name a PEM file");
        }
        return pem && (location != null || inline != null) && secret(passwordKey) != null
                ? problem(
                        passwordKey,
                        "does not apply to PEM: remove it"
                                + (locationKey.equals(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG)
                                        ? ", and set nats." + SslConfigs.SSL_KEY_PASSWORD_CONFIG
                                                + " if the private key is encrypted"
                                        : ""))
                : null;
    }

    private TlsSettings.@Nullable StoreProblem ofKey(String at, String pem) {
        PemBlock block = PemBlock.find(pem, PemBlock.PRIVATE_KEY);
        if (block == null) {
            return problem(
                    at,
                    "holds no private key (BEGIN PRIVATE KEY): "
                            + (at.equals(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG)
                                    ? "add the client's key to the file"
                                    : "set it to the client's private key"));
        }
        String what = block.problemOfKey(
                secret(SslConfigs.SSL_KEY_PASSWORD_CONFIG) != null, "nats." + SslConfigs.SSL_KEY_PASSWORD_CONFIG);
        return what == null ? null : problem(at, what);
    }

    private static TlsSettings.StoreProblem missing(String there, String missing) {
        return problem(there, "requires nats." + missing + ", which is missing");
    }

    private static TlsSettings.StoreProblem problem(String kafkaKey, String text) {
        return new TlsSettings.StoreProblem("nats." + kafkaKey, "nats." + kafkaKey + " " + text);
    }

    private boolean isPem(String typeKey) {
        return type(typeKey).toUpperCase(Locale.ROOT).equals(PEM);
    }

    private String type(String typeKey) {
        String type = text(typeKey);
        return type == null ? SslConfigs.DEFAULT_SSL_KEYSTORE_TYPE : type;
    }

    private @Nullable String text(String key) {
        return values.get(key) instanceof String text ? text : null;
    }

    private @Nullable String secret(String key) {
        return values.get(key) instanceof Password secret ? secret.value() : null;
    }

    /** The content of a store, null if there is none, or it is not readable, which has an error of its own. */
    private static @Nullable String file(@Nullable String location) {
        if (location == null) {
            return null;
        }
        RegularFile.Content content = RegularFile.store(location);
        return content.problem() == null ? new String(content.bytes(), StandardCharsets.ISO_8859_1) : null;
    }
}
