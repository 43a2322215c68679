package io.jetsink.config;

import io.jetsink.message.LogSafeText;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import org.jspecify.annotations.Nullable;

/** A block of PEM text (RFC 7468): its label, after {@code BEGIN}, and its content in base64. */
record PemBlock(String label, String content) {
    static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----");
    private static final String END = "-----END ";
    private static final String ENCRYPTED = "ENCRYPTED " + PRIVATE_KEY;
    private static final String OPENSSH = "OPENSSH " + PRIVATE_KEY;
    /** The algorithms that Kafka's factory tries for a private key (kafka-clients 3.6 to 4.4). */
    private static final List<String> ALGORITHMS = List.of("RSA", "DSA", "EC");

    /** Returns the first block whose label ends with this text, null if there is none. */
    static @Nullable PemBlock find(String pem, String label) {
        Matcher begin = BEGIN.matcher(pem);
        int end = 0;
        while (end >= 0 && begin.find(end)) {
            end = pem.indexOf(END, begin.end());
            if (end >= 0 && begin.group(1).endsWith(label)) {
                return new PemBlock(begin.group(1), pem.substring(begin.end(), end));
            }
        }
        return null;
    }

    /**
     * Completes "&lt;key&gt; …" with why Kafka's factory cannot read this private key, and what to do; null if no problem is
     * found.
     *
     * @param password whether a password is set
     * @param passwordKey the configuration key of the password
     */
    @Nullable
    String problemOfKey(boolean password, String passwordKey) {
        return switch (label) {
            case PRIVATE_KEY -> problemOfPlain();
            case ENCRYPTED ->
                password
                        ? problemOfEncrypted()
                        : "holds an encrypted private key, which requires " + passwordKey
                                + ": set it, or decrypt the key with openssl pkcs8 -topk8 -nocrypt";
            case OPENSSH ->
                "holds a private key in OpenSSH's format (BEGIN OPENSSH PRIVATE KEY), which has to be PKCS#8 (BEGIN PRIVATE"
                        + " KEY): convert an RSA or EC key with ssh-keygen -p -N '' -m PKCS8 -f <key file>";
            default ->
                "holds a private key in an old format (BEGIN " + label
                        + "), which has to be PKCS#8 (BEGIN PRIVATE KEY): convert it with openssl pkcs8 -topk8 -nocrypt"
                        + " -in <key file> -out <new file>, or issue it as PKCS#8 (cert-manager:"
                        + " privateKey.encoding: PKCS8)";
        };
    }

    private @Nullable String problemOfPlain() {
        byte[] bytes = bytes();
        if (bytes.length == 0) {
            return "holds a private key that is not base64: set it to the whole PEM text, line breaks included";
        }
        PKCS8EncodedKeySpec key = new PKCS8EncodedKeySpec(bytes);
        Arrays.fill(bytes, (byte) 0);
        boolean known = ALGORITHMS.stream().anyMatch(kind -> {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(key) != null;
            } catch (GeneralSecurityException e) {
                return false;
            }
        });
        return known
                ? null
                : "holds a private key that is neither RSA, DSA nor EC (for example Ed25519), which Kafka's TLS cannot read:"
                        + " issue a key and a certificate with RSA or EC (P-256)";
    }

    private @Nullable String problemOfEncrypted() {
        String algorithm;
        try {
            algorithm = new EncryptedPrivateKeyInfo(bytes()).getAlgName();
        } catch (IOException | IllegalArgumentException e) {
            return "holds an encrypted private key that is not valid PKCS#8: convert it with openssl pkcs8 -topk8";
        }
        try {
            SecretKeyFactory.getInstance(algorithm);
            return null;
        } catch (GeneralSecurityException e) {
            return "holds a private key encrypted with " + LogSafeText.of(algorithm)
                    + ", which Kafka's TLS cannot read on Java "
                    + Runtime.version().feature()
                    + " (PBES2 requires Java 19): encrypt it with openssl pkcs8 -topk8 -v1"
                    + " PBE-SHA1-3DES, or use it without encryption";
        }
    }

    private byte[] bytes() {
        try {
            return Base64.getMimeDecoder().decode(content);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
