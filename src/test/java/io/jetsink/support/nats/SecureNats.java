package io.jetsink.support.nats;

import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A nats-server with everything that keeps others out: TLS with certificates on both sides, and an operator whose user has
 * credentials. What a client needs lies in a folder: {@code nats.creds}, {@code truststore.p12}, {@code keystore.p12}, and the
 * stores' passwords in {@code nats.properties}.
 */
public final class SecureNats implements AutoCloseable {
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
        NatsOperator operator = new NatsOperator();
        Files.writeString(secrets.resolve("nats.creds"), operator.user().credentials());
        return new SecureNats(
                secrets, NatsServer.builder().config(tls + operator.config()).start());
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
        return KeyStore.getInstance(secrets.resolve(name).toFile(), NatsCertificates.PASSWORD.toCharArray());
    }

    @Override
    public void close() {
        server.close();
    }
}
