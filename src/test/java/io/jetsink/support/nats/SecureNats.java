package io.jetsink.support.nats;

import io.nats.client.Connection;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.support.JwtUtils;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A nats-server with everything that keeps others out: TLS with certificates on both sides, and an operator whose user has
 * credentials. What a client needs lies in a folder: {@code nats.creds}, {@code truststore.p12}, {@code keystore.p12}, and the
 * stores' passwords in {@code nats.properties}.
 */
public final class SecureNats implements AutoCloseable {
    private static final String LIMITS =
            "\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,\"conn\":-1";
    private static final String JETSTREAM = ",\"mem_storage\":-1,\"disk_storage\":-1,\"streams\":-1,\"consumer\":-1";

    private final Path secrets;
    private final NatsServer server;

    private SecureNats(Path secrets, NatsServer server) {
        this.secrets = secrets;
        this.server = server;
    }

    /** @param secrets a folder, to be filled */
    public static SecureNats start(Path secrets) throws Exception {
        NatsCertificates certificates = new NatsCertificates(secrets);
        NatsCertificates.Issued own = certificates.issue("server", "dns:localhost,ip:127.0.0.1");
        Files.move(certificates.trustStore(), secrets.resolve("truststore.p12"));
        Files.move(certificates.issue("client", "dns:client").pkcs12(), secrets.resolve("keystore.p12"));
        Files.writeString(
                secrets.resolve("nats.properties"),
                "truststore.password=" + NatsCertificates.PASSWORD + "\nkeystore.password=" + NatsCertificates.PASSWORD
                        + "\n");
        String tls = "tls { cert_file: '" + own.certificate() + "', key_file: '" + own.key() + "', ca_file: '"
                + certificates.authority() + "', verify: true }\n";
        return new SecureNats(
                secrets, NatsServer.builder().config(tls + operator(secrets)).start());
    }

    /** For {@code nats.servers}. */
    public String url() {
        return "tls://localhost:" + server.port();
    }

    /** A connection as that user. */
    public Connection connect() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store("truststore.p12"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store("keystore.p12"), NatsCertificates.PASSWORD.toCharArray());
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return server.connect(options -> options.sslContext(context)
                .authHandler(Nats.credentials(secrets.resolve("nats.creds").toString())));
    }

    private KeyStore store(String name) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(secrets.resolve(name))) {
            store.load(file, NatsCertificates.PASSWORD.toCharArray());
        }
        return store;
    }

    /** One account that may use JetStream with one user, and the one that JetStream itself needs. */
    private static String operator(Path secrets) throws Exception {
        NKey operator = NKey.createOperator(null);
        NKey system = NKey.createAccount(null);
        NKey account = NKey.createAccount(null);
        NKey user = NKey.createUser(null);
        String jwt = JwtUtils.issueUserJWT(account, publicKey(account), publicKey(user));
        Files.writeString(
                secrets.resolve("nats.creds"),
                String.format(JwtUtils.NATS_USER_JWT_FORMAT, jwt, new String(user.getSeed())));
        return "operator: " + issue(operator, operator, "{\"type\":\"operator\",\"version\":2}")
                + "\nsystem_account: " + publicKey(system) + "\nresolver: MEMORY\nresolver_preload: {\n"
                + publicKey(system) + ": " + account(operator, system, "") + "\n"
                + publicKey(account) + ": " + account(operator, account, JETSTREAM) + "\n}\n";
    }

    private static String account(NKey operator, NKey account, String moreLimits) throws Exception {
        return issue(
                operator, account, "{\"type\":\"account\",\"version\":2,\"limits\":{" + LIMITS + moreLimits + "}}");
    }

    private static String issue(NKey issuer, NKey subject, String claim) throws Exception {
        return JwtUtils.issueJWT(
                issuer,
                publicKey(subject),
                "test",
                Duration.ZERO,
                JwtUtils.currentTimeSeconds(),
                publicKey(issuer),
                () -> claim);
    }

    private static String publicKey(NKey key) throws Exception {
        return new String(key.getPublicKey());
    }

    @Override
    public void close() {
        server.close();
    }
}
