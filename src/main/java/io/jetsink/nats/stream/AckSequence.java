package io.jetsink.nats.stream;

/** The sequence that an ack names. */
public final class AckSequence {
    /** At ten million messages a second a stream takes 28 years to get there. */
    private static final long MAX = 1L << 53;

    private AckSequence() {}

    /** Whether a stream can have a message there. */
    public static boolean isOne(long sequence) {
        return sequence > 0 && sequence <= MAX;
    }
}
