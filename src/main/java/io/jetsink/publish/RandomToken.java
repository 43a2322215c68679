package io.jetsink.publish;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Tokens of subjects that nobody else has and nobody can guess: 60 random bits in ten characters. One stands in the reply
 * subject of each message, where each character costs three bytes of garbage; jnats' own tokens have 22.
 */
final class RandomToken {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Letters, digits, {@code -} and {@code _}: all of them fine in a subject. */
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private static final int LENGTH = 10;

    private RandomToken() {}

    /** Any thread. */
    static String next() {
        byte[] bits = new byte[Long.BYTES];
        RANDOM.nextBytes(bits);
        return ENCODER.encodeToString(bits).substring(0, LENGTH);
    }
}
