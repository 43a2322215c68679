package io.jetsink.nats.stream;

import java.security.SecureRandom;
import java.util.Base64;

/** Short random ids. One is sent with every message, so each character counts; jnats' own ids have 22. */
public final class RandomIds {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Uses letters, digits, {@code -} and {@code _}, which are legal in a subject. */
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /** Characters of an inbox, which must not be guessed: 60 bits. Each character costs three bytes of garbage per message. */
    private static final int OF_INBOX = 10;

    /**
     * Characters of an atomic batch, which must differ from the other open batches of its stream, 50 at most: 48 bits. A server
     * searches the headers of each message for about ten names, twice, so 22 characters cost a tenth of its speed.
     */
    private static final int OF_BATCH = 8;

    private RandomIds() {}

    public static String ofInbox() {
        return next(OF_INBOX);
    }

    public static String ofBatch() {
        return next(OF_BATCH);
    }

    private static String next(int length) {
        byte[] bits = new byte[Long.BYTES];
        RANDOM.nextBytes(bits);
        return ENCODER.encodeToString(bits).substring(0, length);
    }
}
