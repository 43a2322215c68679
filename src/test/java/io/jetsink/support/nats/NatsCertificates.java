package io.jetsink.support.nats;

import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Certificates for tests, made by the JDK's keytool: an authority, and whatever it is asked to sign. */
public final class NatsCertificates {
    /** Of every key and store. */
    public static final String PASSWORD = "for-tests-only";

    private static final String CA = "ca";
    /** Certificates are valid for two days from then on. */
    private static final String NOW = "-1H";

    private static final String THREE_DAYS_AGO = "-3d";

    private final Path folder;
    private final Path everything;

    public NatsCertificates(Path folder) {
        this(folder, NOW);
    }

    private NatsCertificates(Path folder, String begin) {
        this.folder = folder;
        everything = folder.resolve("everything.p12");
        keytool(CA, "CN=Test CA", "bc:c", "-startdate", begin);
    }

    /** Those of an authority whose own certificate has expired. */
    public static NatsCertificates ofExpiredAuthority(Path folder) {
        return new NatsCertificates(folder, THREE_DAYS_AGO);
    }

    /** Trusts the authority. */
    public Path trustStore() throws IOException, GeneralSecurityException {
        var store = emptyStore("PKCS12");
        store.setCertificateEntry(CA, load().getCertificate(CA));
        return write(store, "trust.p12");
    }

    /** The authority's certificate as PEM. */
    public Path authority() throws IOException, GeneralSecurityException {
        return writePem(
                "ca.pem", "CERTIFICATE", List.of(load().getCertificate(CA).getEncoded()));
    }

    /** A key and a certificate for {@code names} (such as {@code dns:localhost,ip:127.0.0.1}) that the authority signed. */
    public Issued issue(String alias, String names) throws IOException, GeneralSecurityException {
        return issue(alias, names, NOW);
    }

    /** The same, and no longer valid. */
    public Issued issueExpired(String alias, String names) throws IOException, GeneralSecurityException {
        return issue(alias, names, THREE_DAYS_AGO);
    }

    private Issued issue(String alias, String names, String begin) throws IOException, GeneralSecurityException {
        keytool(alias, "CN=" + alias, "san=" + names, "-startdate", begin, "-signer", CA, "-signerkeypass", PASSWORD);
        return export(alias);
    }

    /** A key and a certificate that nobody else vouches for. */
    public Issued selfSigned(String alias, String names) throws IOException, GeneralSecurityException {
        keytool(alias, "CN=" + alias, "san=" + names);
        return export(alias);
    }

    private Issued export(String alias) throws IOException, GeneralSecurityException {
        var all = load();
        var key = (PrivateKey) all.getKey(alias, PASSWORD.toCharArray());
        var chain = all.getCertificateChain(alias);
        var encoded = new ArrayList<byte[]>();
        for (var certificate : chain) {
            encoded.add(certificate.getEncoded());
        }
        return new Issued(
                writePem(alias + ".pem", "CERTIFICATE", encoded),
                writePem(alias + ".key", "PRIVATE KEY", List.of(key.getEncoded())),
                write(store("PKCS12", alias, key, chain), alias + ".p12"),
                write(store("JKS", alias, key, chain), alias + ".jks"));
    }

    private static KeyStore store(String type, String alias, PrivateKey key, Certificate[] chain)
            throws IOException, GeneralSecurityException {
        var store = emptyStore(type);
        store.setKeyEntry(alias, key, PASSWORD.toCharArray(), chain);
        return store;
    }

    private static KeyStore emptyStore(String type) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(type);
        store.load(null, null);
        return store;
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(everything.toFile(), PASSWORD.toCharArray());
    }

    private Path write(KeyStore store, String name) throws IOException, GeneralSecurityException {
        var file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private Path writePem(String name, String type, List<byte[]> contents) throws IOException {
        var text = new StringBuilder();
        for (var content : contents) {
            text.append("-----BEGIN ")
                    .append(type)
                    .append("-----\n")
                    .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content))
                    .append("\n-----END ")
                    .append(type)
                    .append("-----\n");
        }
        return Files.writeString(folder.resolve(name), text);
    }

    private void keytool(String alias, String subject, String extension, String... more) {
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var command = new ArrayList<>(List.of(keytool, "-genkeypair"));
        command.addAll(List.of("-alias", alias, "-dname", subject, "-ext", extension));
        command.addAll(List.of("-keystore", everything.toString(), "-keypass", PASSWORD, "-storepass", PASSWORD));
        command.addAll(List.of("-validity", "2", "-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"));
        command.addAll(Arrays.asList(more));
        try {
            SystemCommand.runIn(folder, Duration.ofSeconds(60), command);
        } catch (IOException e) {
            throw new UncheckedIOException("No certificate for " + alias, e);
        }
    }

    /**
     * A key with its certificate in the formats that somebody asks for.
     *
     * @param certificate chain as PEM
     * @param key PKCS 8 as PEM, not encrypted
     * @param pkcs12 both in a store
     * @param jks both in a store of Java's old kind
     */
    public record Issued(Path certificate, Path key, Path pkcs12, Path jks) {}
}
