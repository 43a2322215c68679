package io.jetsink.publish;

import io.jetsink.nats.stream.AckSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes acks that differ from a parsed one only in the number at their end, as those of one stream do
 * ({@code {"stream":"ORDERS", "seq":42}}, nats-server 2.9 to 2.15), without an object per ack. All other replies have to be
 * parsed. Confined to the connection's reading thread.
 */
final class AckScanner {
    /** 2^53 has 16 digits. */
    private static final int MAX_DIGITS = 16;

    /** The bytes before the number; null until {@link #learn}. */
    private byte @Nullable [] stem;

    /** Remembers an ack that is neither a duplicate nor of a batch. */
    void learn(byte[] ack) {
        int end = ack.length - 1;
        int begin = end;
        while (begin > 0 && isDigit(ack[begin - 1])) {
            begin--;
        }
        boolean number = 0 < begin && begin < end && (ack[begin - 1] == ':' || ack[begin - 1] == ' ');
        if (number && ack[end] == '}') {
            stem = Arrays.copyOf(ack, begin);
        }
    }

    /** Returns whether this is an ack like the one that was learnt, with a sequence that a stream can have. */
    boolean isAck(byte @Nullable [] data) {
        byte[] known = stem;
        if (known == null || data == null) {
            return false;
        }
        int digits = data.length - known.length - 1;
        if (digits < 1
                || digits > MAX_DIGITS
                || data[data.length - 1] != '}'
                || data[known.length] == '0'
                || !Arrays.equals(data, 0, known.length, known, 0, known.length)) {
            return false;
        }
        long sequence = 0;
        for (int at = known.length; at < data.length - 1; at++) {
            if (!isDigit(data[at])) {
                return false;
            }
            sequence = sequence * 10 + data[at] - '0';
        }
        return AckSource.isSequence(sequence);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
