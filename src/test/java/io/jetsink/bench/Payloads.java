package io.jetsink.bench;

/**
 * Values of 256 bytes on average. jnats rounds its buffers up to 64 bytes, so with a single size some bytes more in a reply
 * subject would seem to cost nothing, or 64 bytes; over these 64 sizes they cost what they cost.
 */
public final class Payloads {
    public static final int SIZES = 64;
    private static final int SMALLEST = 225;

    private final byte[][] payloads = new byte[SIZES][];

    public Payloads() {
        for (int i = 0; i < SIZES; i++) {
            payloads[i] = new byte[SMALLEST + i];
        }
    }

    /** In turn. */
    public byte[] get(long nth) {
        return payloads[(int) nth & SIZES - 1];
    }
}
