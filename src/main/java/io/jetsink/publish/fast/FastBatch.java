package io.jetsink.publish.fast;

import java.util.function.LongSupplier;

/**
 * The sender's view of one fast-ingest batch. Sequences count the messages of the batch from 1.
 *
 * <p><b>Threads.</b> Written by the task thread. When the epoch is over, the supervisor's background thread reads and
 * concludes the batch.
 */
final class FastBatch {
    /** Number of messages that the server is requested to accept between two acks. */
    private static final int FLOW = 500;

    private final String id;
    private final String inbox;
    private final int flow;
    private final StringBuilder reply;
    private final int replyStem;
    private final long[] positions;
    private final int mask;
    private final LongSupplier clock;

    private volatile long sentCount;
    private volatile boolean hasIds;
    private volatile long acked;
    private volatile boolean started;
    private volatile long ackedAt;
    private volatile long storedCount = -1;
    private volatile long refusedFrom;
    private volatile String subject = "";

    /**
     * @param prefix of inboxes, with its trailing dot
     * @param id unique in the stream for as long as a server remembers it; also the last token of the inbox
     */
    FastBatch(String prefix, String id, int window, long[] positions, LongSupplier clock) {
        this.id = id;
        this.inbox = prefix + id;
        this.flow = Math.max(1, Math.min(FLOW, window / 4));
        this.reply = new StringBuilder(inbox).append('.').append(flow).append(".fail.");
        this.replyStem = reply.length();
        this.positions = positions;
        this.mask = positions.length - 1;
        this.clock = clock;
        this.ackedAt = clock.getAsLong();
    }

    /** Returns an array for the positions of a window. Batches that follow each other can share one. */
    static long[] newPositions(int window) {
        return new long[Integer.highestOneBit(Math.max(window - 1, 1)) << 1];
    }

    String id() {
        return id;
    }

    /** All replies to this batch have subjects below the inbox. */
    String inbox() {
        return inbox;
    }

    /** The reply subject of the next message: operation 0 starts a batch, operation 1 continues it. */
    String nextReply() {
        reply.setLength(replyStem);
        return reply.append(sentCount + 1)
                .append(sentCount == 0 ? ".0.$FI" : ".1.$FI")
                .toString();
    }

    /** The reply subject of a message that is the whole batch: operation 2 stores it and ends the batch. */
    String onlyReply() {
        return inbox + '.' + flow + ".fail.1.2.$FI";
    }

    /** The reply subject that ends the batch (operation 3). Its sequence follows that of the last message. Any thread. */
    String endReply() {
        return inbox + '.' + flow + ".fail." + (sentCount + 1) + ".3.$FI";
    }

    void sent(long position, String to) {
        long sequence = sentCount + 1;
        positions[(int) sequence & mask] = position;
        if (sequence == 1) {
            // The only subject that is known to be captured before others are sent.
            subject = to;
        }
        sentCount = sequence;
    }

    /** Replaces the subject of the batch, which does not lead into the stream any more. */
    void leadBy(String to) {
        subject = to;
    }

    /** Notes that a message has an id, and so may be a duplicate. */
    void markIds() {
        hasIds = true;
    }

    boolean hasIds() {
        return hasIds;
    }

    /** The ring position of a message of the batch. Only of messages without an ack, and the latest. */
    long position(long sequence) {
        return positions[(int) sequence & mask];
    }

    void acked(long sequence) {
        started = true;
        if (sequence > acked) {
            acked = Math.min(sequence, sentCount);
            ackedAt = clock.getAsLong();
        }
    }

    /** Notes that the server ended the batch and stored this many of its messages. */
    void conclude(long count) {
        storedCount = Math.min(count, sentCount);
    }

    /** Notes that the stream stopped accepting batches at this message. It accepted everything before. */
    void refusedFrom(long sequence) {
        refusedFrom = sequence;
    }

    long sentCount() {
        return sentCount;
    }

    long acked() {
        return acked;
    }

    /** Whether the server is known to have accepted the first message. */
    boolean started() {
        return started;
    }

    boolean isConcluded() {
        return storedCount >= 0;
    }

    /** The number of messages that are stored in the end; -1 while the batch is not concluded. */
    long storedCount() {
        return storedCount;
    }

    /** See {@link #refusedFrom(long)}; 0 if no message was refused for this reason. */
    long refusedFrom() {
        return refusedFrom;
    }

    /** Whether all messages were acked so long ago that the server may have discarded the batch. */
    boolean isStale(long afterNanos) {
        return started && acked == sentCount && clock.getAsLong() - ackedAt > afterNanos;
    }

    /** Whether messages were sent whose outcome is not known. */
    boolean hasOpenTail() {
        return !isConcluded() && sentCount > acked;
    }

    /** A subject that leads into the batch's stream. */
    String subject() {
        return subject;
    }
}
