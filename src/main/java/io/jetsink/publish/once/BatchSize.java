package io.jetsink.publish.once;

import io.jetsink.message.OutboundMessage;
import io.jetsink.publish.LinkRate;

/**
 * Size of the next batch: at most what the server accepts, and less after a refusal, until batches are stored again. Confined
 * to the task thread, except {@link #opened}.
 */
final class BatchSize {
    /** Bytes of a batch in an epoch that has not stored anything. */
    private static final long UNPROVEN_BYTES = 64 << 10;

    private static final long NOWHERE = -1;

    private final int maxPending;
    private final LinkRate rate;
    private volatile int serverLimit = BatchLimit.USUAL;
    private int maxMessages = BatchLimit.USUAL;
    private int messages = BatchLimit.USUAL;
    /** Whether the latest attempt of this epoch was stored. */
    private boolean proven;
    /** Position of a record that is known to be refused: a batch has to end before it. */
    private long splitBefore = NOWHERE;

    /** @param maxPending {@code publish.max.pending} */
    BatchSize(int maxPending, LinkRate rate) {
        this.maxPending = maxPending;
        this.rate = rate;
    }

    /** Notes how many messages the server of a new epoch accepts in a batch. Called by the background thread. */
    void opened(int limit) {
        serverLimit = limit;
    }

    /**
     * Begins an epoch. If the server accepts more messages than usual, a batch has at most half of the window, so that the
     * other half can be sent meanwhile.
     */
    void reconnected() {
        proven = false;
        boolean searching = isSearching();
        maxMessages = Math.max(2, Math.min(serverLimit, Math.max(BatchLimit.USUAL, maxPending / 2)));
        messages = searching ? Math.min(messages, maxMessages) : maxMessages;
    }

    /** Returns whether the record at this position, of this partition, has to go into another batch. */
    boolean isFull(AtomicBatch batch, PartitionClaim claim, long position, OutboundMessage message) {
        long limit = bytes();
        return batch.messagesWith(claim) > messages
                || batch.bytes() >= limit
                || batch.bytes() + message.size() > 2 * limit
                || position == splitBefore;
    }

    /**
     * Bytes at which a batch is full. At most two batches are being sent, so each is half of what the link carries in its
     * target time. An epoch begins with small batches, because it may store none of them (ADR 0023).
     */
    private long bytes() {
        long half = Math.max(1, rate.window() / 2);
        return proven ? half : Math.min(half, UNPROVEN_BYTES);
    }

    /** Returns whether batches are smaller than allowed, because one was refused. */
    boolean isSearching() {
        return messages < maxMessages;
    }

    /** Doubles the size: a batch was stored. */
    void grow() {
        proven = true;
        messages = Math.min(maxMessages, messages * 2);
    }

    void unproven() {
        proven = false;
    }

    void limitTo(int limit) {
        messages = Math.max(2, limit);
    }

    /** Notes that the server never accepts this many messages. */
    void rejectSize(int refused) {
        limitTo(refused / 2);
        maxMessages = messages;
    }

    void splitBefore(long position) {
        splitBefore = position;
    }
}
