package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores whose form shows that Kafka's factory cannot read them, or that they are not the right ones. */
class PemStoresTest {
    private static final String TYPE = "nats.ssl.keystore.type";
    private static final String STORE = "nats.ssl.keystore.location";
    private static final String KEY = "nats.ssl.keystore.key";
    private static final String CHAIN = "nats.ssl.keystore.certificate.chain";
    private static final String TRUST_TYPE = "nats.ssl.truststore.type";
    private static final String TRUST = "nats.ssl.truststore.location";
    private static final String TRUSTED = "nats.ssl.truststore.certificates";
    private static final String CERTIFICATE = block("CERTIFICATE", "CANARY");
    /** An EC key of no use, as {@code openssl pkcs8 -topk8} encrypts by default. */
    private static final String PBES2 = block(
            "ENCRYPTED PRIVATE KEY",
            "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhuUsrhfAxBZQICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoE"
                    + "EEaf7/7U8k6JeR3YxlOFz0gEgZDpbN4KNIDbHcU0bRK9A8cCK04ZkSH7aTPD43FaKmh1B0k08gMKidb1BaC9fx9ncKLPT1sZlJJ3"
                    + "/1oD8dMKeKUiIOf93zhim1g+fo4bHM+D79yifwv7R/jhMCmXl1W0HbNRW+ZIUcf/lh/OKP+ptBH33s1DujQevU6LQx9fbB1eXhuD"
                    + "Cpot/By8mrQlGr8ZQqA=");
    /** The same with {@code -v1 PBE-SHA1-3DES}. */
    private static final String PBES1 = block(
            "ENCRYPTED PRIVATE KEY",
            "MIGxMBwGCiqGSIb3DQEMAQMwDgQIAlTUjpOX2hICAggABIGQ/hupp0ulApwBRAt1SiUzfPH84D89Vp4QywJglyjA+bkylsSPRUvj"
                    + "+9jGnk5bw0He+jU+d4RZqAMZqose04YNc/CgrE89fk/ajz9vNGWTdLnwdBSohK7RpXOrVEpA6h7c+tYTg937e06/cfQj+2sqNcoT"
                    + "BHWzHeqPm4tPdTfBfljVliueV/QPSNWcvBKJED/N");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"})
    void anOldFormOfKeyIsNamedWithTheCommandThatConvertsIt(String label) throws Exception {
        for (String pem : new String[] {
            block(label, "CANARY") + CERTIFICATE,
            CERTIFICATE + block("EC PARAMETERS", "BggqhkjOPQMBBw==") + block(label, "CANARY"),
            CERTIFICATE + "-----BEGIN " + label
                    + "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nCANARY\n-----END " + label + "-----\n"
        }) {
            assertRefused(STORE, file(pem), "BEGIN " + label, "PKCS#8", "openssl pkcs8 -topk8 -nocrypt");
        }
        assertInlineRefused(block(label, "CANARY"), "BEGIN " + label, "PKCS#8", "openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void aKeyInTheFormOfOpenSshIsNamed() throws Exception {
        String pem = block("OPENSSH PRIVATE KEY", "CANARY");

        assertRefused(STORE, file(pem + CERTIFICATE), "OpenSSH", "PKCS#8", "ssh-keygen -p");
        assertInlineRefused(pem, "OpenSSH", "PKCS#8", "ssh-keygen -p");
    }

    @Test
    void anEncryptedKeyNeedsItsPassword() throws Exception {
        assertRefused(STORE, file(PBES1 + CERTIFICATE), "nats.ssl.key.password", "set it");
        assertInlineRefused(PBES2, "nats.ssl.key.password");
        assertThat(errors(TYPE, "PEM", STORE, file(PBES1 + CERTIFICATE), "nats.ssl.key.password", "x"))
                .isEmpty();
    }

    @Test
    void aWayToEncryptThatThisJavaDoesNotReadIsNamed() throws Exception {
        Map<String, String> errors =
                errors(TYPE, "PEM", STORE, file(CERTIFICATE + PBES2), "nats.ssl.key.password", "CANARY");

        if (Runtime.version().feature() < 19) {
            assertThat(errors).containsOnlyKeys(STORE);
            assertThat(errors.get(STORE))
                    .contains("PBES2 requires Java 19", "-v1 PBE-SHA1-3DES")
                    .doesNotContain("CANARY");
        } else {
            assertThat(errors).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "RSASSA-PSS"})
    void aKindOfKeyThatKafkaDoesNotReadIsNamed(String algorithm) throws Exception {
        assertRefused(STORE, file(key(algorithm) + CERTIFICATE), "neither RSA, DSA nor EC");
        assertInlineRefused(key(algorithm), "neither RSA, DSA nor EC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void aGoodKeyHasNothingWrong(String algorithm) throws Exception {
        assertThat(errors(TYPE, "PEM", STORE, file(key(algorithm) + CERTIFICATE)))
                .isEmpty();
        assertThat(errors(TYPE, "pem", STORE, file(CERTIFICATE + key(algorithm))))
                .isEmpty();
        assertThat(errors(TYPE, "PEM", KEY, key(algorithm), CHAIN, CERTIFICATE)).isEmpty();
    }

    @Test
    void keyAndCertificateBelongTogether() throws Exception {
        assertRefused(STORE, file(key("EC")), "no certificate");
        assertRefused(STORE, file(CERTIFICATE), "no private key");
        assertRefused(STORE, file(CERTIFICATE + block("PUBLIC KEY", "CANARY")), "no private key");
        assertThat(errors(TYPE, "PEM", KEY, key("EC")))
                .containsOnlyKeys(KEY)
                .containsValue(KEY + " requires " + CHAIN + ", which is missing: set both");
        assertThat(errors(TYPE, "PEM", CHAIN, CERTIFICATE)).containsOnlyKeys(CHAIN);
        assertThat(errors(TYPE, "PEM", KEY, key("EC"), CHAIN, key("EC"))).containsOnlyKeys(CHAIN);
    }

    @Test
    void aTypeThatIsNotThatOfTheStoreIsNamed() throws Exception {
        String pem = file(key("EC") + CERTIFICATE);
        String binary = file("CANARY");

        assertThat(errors(STORE, pem))
                .containsOnlyKeys(TYPE)
                .allSatisfy((key, text) -> assertThat(text).contains("is JKS", TYPE + "=PEM"));
        assertThat(errors(TYPE, "PKCS12", STORE, pem, "nats.ssl.keystore.password", "x"))
                .containsOnlyKeys(TYPE);
        assertThat(errors(KEY, key("EC"), CHAIN, CERTIFICATE)).containsOnlyKeys(TYPE);
        assertThat(errors(TRUST, file(CERTIFICATE))).containsOnlyKeys(TRUST_TYPE);
        assertThat(errors(TRUSTED, CERTIFICATE)).containsOnlyKeys(TRUST_TYPE);
        assertThat(errors(TYPE, "PEM", STORE, binary))
                .containsOnlyKeys(STORE)
                .allSatisfy((key, text) -> assertThat(text).contains(TYPE));
        assertThat(errors(TRUST_TYPE, "PEM", TRUST, binary)).containsOnlyKeys(TRUST);
    }

    @Test
    void whatDoesNotGoTogetherIsNamed() throws Exception {
        String pem = file(key("EC") + CERTIFICATE);

        assertThat(errors(TYPE, "PEM", STORE, pem, KEY, key("EC"), CHAIN, CERTIFICATE))
                .containsOnlyKeys(STORE);
        assertThat(errors(TYPE, "PEM", STORE, pem, "nats.ssl.keystore.password", "CANARY"))
                .containsOnlyKeys("nats.ssl.keystore.password")
                .allSatisfy((key, text) ->
                        assertThat(text).contains("nats.ssl.key.password").doesNotContain("CANARY"));
        assertThat(errors(TRUST_TYPE, "PEM", TRUST, file(CERTIFICATE), "nats.ssl.truststore.password", "x"))
                .containsOnlyKeys("nats.ssl.truststore.password");
        assertThat(errors(STORE, file("binary"))).containsOnlyKeys("nats.ssl.keystore.password");
    }

    @Test
    void aTrustStoreHoldsCertificatesAndNothingElse() throws Exception {
        assertThat(errors(TRUST_TYPE, "PEM", TRUST, file(CERTIFICATE + CERTIFICATE)))
                .isEmpty();
        assertThat(errors(TRUST_TYPE, "PEM", TRUSTED, CERTIFICATE)).isEmpty();
        assertThat(errors(TRUST_TYPE, "PEM", TRUST, file(CERTIFICATE + key("EC"))))
                .containsOnlyKeys(TRUST)
                .allSatisfy((key, text) ->
                        assertThat(text).contains("private key", STORE).doesNotContain("CANARY"));
        assertThat(errors(TRUST_TYPE, "PEM", TRUSTED, block("RSA PRIVATE KEY", "CANARY") + CERTIFICATE))
                .containsOnlyKeys(TRUSTED);
        assertThat(errors(TRUST_TYPE, "PEM", TRUST, file(block("CERTIFICATE REQUEST", "CANARY"))))
                .containsOnlyKeys(TRUST);
    }

    @ParameterizedTest
    @CsvSource({"'', not base64", "'*', not base64", "AAAA, neither RSA"})
    void junkIsNamedWithoutBeingShown(String content, String expected) throws Exception {
        assertRefused(STORE, file(block("PRIVATE KEY", content) + CERTIFICATE), expected);
    }

    private void assertRefused(String key, String path, String... parts) {
        assertThat(errors(TYPE, "PEM", key, path))
                .containsOnlyKeys(key)
                .allSatisfy((named, text) ->
                        assertThat(text).startsWith(key + " ").contains(parts).doesNotContain("CANARY"));
    }

    private static void assertInlineRefused(String pem, String... parts) {
        assertThat(errors(TYPE, "PEM", KEY, pem, CHAIN, CERTIFICATE))
                .containsOnlyKeys(KEY)
                .allSatisfy((named, text) ->
                        assertThat(text).startsWith(KEY + " ").contains(parts).doesNotContain("CANARY"));
    }

    private static Map<String, String> errors(String... keysAndValues) {
        Map<String, String> props = Props.with(keysAndValues);
        props.put("nats.servers", "tls://localhost");
        return Props.errors(props);
    }

    private String file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "store", ".pem"), content)
                .toString();
    }

    private static String key(String algorithm) throws GeneralSecurityException {
        byte[] key = KeyPairGenerator.getInstance(algorithm)
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return block("PRIVATE KEY", Base64.getMimeEncoder().encodeToString(key));
    }

    private static String block(String label, String content) {
        return "-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n";
    }
}
