package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSettingsTest {
    @TempDir
    private Path directory;

    @Test
    void isNotConfiguredByDefault() {
        TlsSettings tls = parse();

        assertThat(tls.configured()).isFalse();
        assertThat(tls.verifyHostname()).isTrue();
        assertThat(tls.tlsFirst()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls://host", "wss://host", "tls://a,wss://b"})
    void isConfiguredByAnUrl(String servers) {
        assertThat(parse("nats.servers", servers).configured()).isTrue();
    }

    @Test
    void isConfiguredByAnySslKeyAlsoForServersWithoutTls() {
        assertThat(parse("nats.ssl.protocol", "TLSv1.3").configured()).isTrue();
    }

    @Test
    void isNotConfiguredByPlainSslKeysOfOthers() {
        assertThat(parse("ssl.protocol", "TLSv1.3").configured()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"https, true", "HTTPS, true", "'', false", "' ', false"})
    void verifiesHostNamesUnlessToldNotTo(String algorithm, boolean verified) {
        assertThat(parse("nats.ssl.endpoint.identification.algorithm", algorithm)
                        .verifyHostname())
                .isEqualTo(verified);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "false", "LDAPS"})
    void refusesAnotherWayToVerifyHostNames(String algorithm) {
        assertThat(Props.error("nats.ssl.endpoint.identification.algorithm", algorithm))
                .contains("must be https, or empty");
    }

    @Test
    void offersAllOfKafkasClientKeysButTheEngineFactory() {
        ConfigDef kafka = new ConfigDef().withClientSslSupport();

        assertThat(SinkConfig.definition().names())
                .filteredOn(name -> name.startsWith("nats.ssl."))
                .containsExactlyInAnyOrderElementsOf(kafka.names().stream()
                        .filter(name -> !name.equals(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG))
                        .map(name -> "nats." + name)
                        .toList());
        assertThat(Props.error("nats.ssl.engine.factory.class", "x.Y")).contains("is not a key of this connector");
    }

    @Test
    void keepsKafkasTypesAndDefaults() {
        Map<String, ConfigDef.ConfigKey> ours = SinkConfig.definition().configKeys();

        assertThat(new ConfigDef().withClientSslSupport().configKeys().values())
                .filteredOn(key -> ours.containsKey("nats." + key.name))
                .hasSize(18)
                .allSatisfy(key -> {
                    assertThat(ours.get("nats." + key.name).type).isEqualTo(key.type);
                    assertThat(ours.get("nats." + key.name).defaultValue).isEqualTo(key.defaultValue);
                });
    }

    @Test
    void givesKafkasSslEngineFactoryWhatItTakes() throws Exception {
        Path store = store();
        TlsSettings tls = parse(
                "nats.ssl.truststore.location", store.toString(),
                "nats.ssl.truststore.password", "secret",
                "nats.ssl.truststore.type", "PKCS12",
                "nats.ssl.keystore.location", store.toString(),
                "nats.ssl.keystore.password", "secret",
                "nats.ssl.keystore.type", "PKCS12",
                "nats.ssl.enabled.protocols", "TLSv1.3, TLSv1.2",
                "nats.ssl.cipher.suites", "TLS_AES_128_GCM_SHA256");

        assertThat(tls.sslConfigs())
                .containsEntry("ssl.truststore.password", new Password("secret"))
                .containsEntry("ssl.enabled.protocols", List.of("TLSv1.3", "TLSv1.2"))
                .containsEntry("ssl.protocol", SslConfigs.DEFAULT_SSL_PROTOCOL)
                .doesNotContainKey("ssl.provider");
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(tls.sslConfigs());
            assertThat(factory.truststore().size()).isZero();
            assertThat(factory.sslContext()).isNotNull();
        }
    }

    private Path store() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Path file = directory.resolve("store.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "secret".toCharArray());
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "nats.ssl.truststore.location, /no/such/file, does not exist",
        "nats.ssl.keystore.location, /dev/null, regular file",
        "nats.ssl.keystore.key, CANARY, has no PEM block",
        "nats.ssl.truststore.certificates, CANARY, has no PEM block",
        "nats.ssl.keystore.password, '', must not be empty",
        "nats.ssl.protocol, '', must not be empty",
        "nats.ssl.enabled.protocols, 'TLSv1.3,,', has an entry that is empty",
    })
    void refusesAValue(String key, String value, String expected) {
        assertThat(Props.error(key, value))
                .startsWith(key + " ")
                .contains(expected)
                .doesNotContain("CANARY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats.ssl.trustore.location", "nats.ssl.foo", "nats.ssl", "nats.ssl.keystore.passwort"})
    void refusesAnUnknownName(String key) {
        assertThat(Props.error(key, "CANARY"))
                .startsWith(key + " is not a key of this connector: remove it, or use the most similar key, nats.")
                .doesNotContain("CANARY");
    }

    @Test
    void takesTlsFirstForServersWithTls() {
        assertThat(parse("nats.servers", "tls://host", "nats.tls.first", "True").tlsFirst())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats://host", "ws://host", "host"})
    void refusesTlsFirstForServersWithoutTls(String servers) {
        assertThat(Props.errors("nats.servers", servers, "nats.tls.first", "true"))
                .containsOnlyKeys("nats.tls.first")
                .containsEntry("nats.tls.first", "nats.tls.first requires tls:// or wss:// URLs in nats.servers");
    }

    @Test
    void leavesTlsFirstAloneWhereTheServersAreWrong() {
        assertThat(Props.errors("nats.servers", "http://host", "nats.tls.first", "true"))
                .containsOnlyKeys("nats.servers");
    }

    @Test
    void refusesEachTlsKeyForPlainWebsockets() {
        assertThat(Props.errors(
                        "nats.servers", "ws://host",
                        "nats.ssl.truststore.password", "CANARY",
                        "nats.ssl.endpoint.identification.algorithm", "",
                        "nats.ssl.protocol", "TLS"))
                .containsOnlyKeys(
                        "nats.ssl.truststore.password",
                        "nats.ssl.endpoint.identification.algorithm",
                        "nats.ssl.protocol")
                .allSatisfy((key, error) -> assertThat(error)
                        .startsWith(key + " has no effect on ws://")
                        .contains("wss://")
                        .doesNotContain("CANARY"));
        assertThat(Props.errors("nats.servers", "nats://host, WS://host", "nats.ssl.protocol", "TLS"))
                .containsOnlyKeys("nats.ssl.protocol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wss://host", "nats://host", "tls://host", "host"})
    void takesTlsKeysForOtherServers(String servers) {
        assertThat(Props.errors("nats.servers", servers, "nats.ssl.protocol", "TLS"))
                .isEmpty();
    }

    private static TlsSettings parse(String... keysAndValues) {
        return SinkConfig.parse(Props.with(keysAndValues)).connection().tls();
    }
}
