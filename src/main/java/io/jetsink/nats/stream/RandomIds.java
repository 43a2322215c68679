package io.jetsink.nats.stream;

import java.security.SecureRandom;
import java.util.Base64;

/** Tokens that nobody else has, of which one stands in each message: as short as may be. jnats' own have 22 characters. */
public final class RandomIds {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Letters, digits, {@code -} and {@code _}: all of them fine in a subject. */
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /** Of an inbox, which nobody may guess: 60 bits. Each character costs three bytes of garbage for each message. */
    private static final int OF_INBOX = 10;

    /**
     * Of an atomic batch, which is to differ from the other open ones of its stream, 50 at most: 48 bits. A server searches
     * the headers of each message for some ten names, twice, so that 22 characters take a tenth of its speed.
     */
    private static final int OF_BATCH = 8;

    private RandomIds() {}

    /** Any thread. */
    public static String ofInbox() {
        return next(OF_INBOX);
    }

    /** Any thread. */
    public static String ofBatch() {
        return next(OF_BATCH);
    }

    private static String next(int length) {
        byte[] bits = new byte[Long.BYTES];
        RANDOM.nextBytes(bits);
        return ENCODER.encodeToString(bits).substring(0, length);
    }
}
