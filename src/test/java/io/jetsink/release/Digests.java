package io.jetsink.release;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests as hexadecimal text. */
final class Digests {
    private Digests() {}

    static String sha256(byte[] content) {
        return hex("SHA-256", content);
    }

    static String sha512(byte[] content) {
        return hex("SHA-512", content);
    }

    private static String hex(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
