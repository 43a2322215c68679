package io.jetsink.publish.fast;

import java.util.function.LongSupplier;

/**
 * One fast-ingest batch as its sender sees it. Sequences count its messages from 1.
 *
 * <p><b>Threads.</b> Written by the task thread; once its epoch is over, read and concluded by the link's background
 * thread.
 */
final class FastBatch {
    /** How many messages the server is asked to let pass between two acks. */
    private static final int FLOW = 500;

    /** Also the last token of the inbox, so that it stands in each reply subject once. */
    final String id;

    private final String inbox;
    private final int flow;
    private final StringBuilder reply;
    private final int replyStem;
    private final long[] positions;
    private final int mask;
    private final LongSupplier clock;

    private volatile long last;
    private volatile boolean identified;
    private volatile long acked;
    private volatile boolean started;
    private volatile long ackedAt;
    private volatile long concluded = -1;
    private volatile long refusedFrom;
    private volatile String subject = "";

    /**
     * @param prefix of inboxes, with its trailing dot
     * @param id unique in the stream for as long as a server remembers it
     * @param window how many messages may be without an ack
     * @param positions places for a window, see {@link #places}
     * @param clock nanoseconds that only go forward
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

    /** What one batch after the other may keep its positions in. */
    static long[] places(int window) {
        return new long[Integer.highestOneBit(Math.max(window - 1, 1)) << 1];
    }

    /** All answers to this batch come to subjects below it. */
    String inbox() {
        return inbox;
    }

    /** The reply subject of the next message: operation 0 starts a batch, 1 goes on. */
    String nextReply() {
        reply.setLength(replyStem);
        return reply.append(last + 1).append(last == 0 ? ".0.$FI" : ".1.$FI").toString();
    }

    /** The reply subject of a message that is the whole batch: operation 2 stores it and ends the batch. */
    String onlyReply() {
        return inbox + '.' + flow + ".fail.1.2.$FI";
    }

    /** The reply subject that ends the batch (operation 3); its sequence lies behind all messages. Any thread. */
    String endReply() {
        return inbox + '.' + flow + ".fail." + (last + 1) + ".3.$FI";
    }

    void sent(long position, String to) {
        long sequence = last + 1;
        positions[(int) sequence & mask] = position;
        if (sequence == 1) {
            // Only this one is known to be captured before others are sent.
            subject = to;
        }
        last = sequence;
    }

    /** The batch's own subject leads into the stream no more, and this one does. */
    void leadBy(String to) {
        subject = to;
    }

    /** The latest message has an id. */
    void identified() {
        identified = true;
    }

    /** Whether any message has an id, and so may be a duplicate. */
    boolean isIdentified() {
        return identified;
    }

    /** Where this message of the batch stands in the ring. Only for messages that are not acked yet, and the latest. */
    long position(long sequence) {
        return positions[(int) sequence & mask];
    }

    void acked(long sequence) {
        started = true;
        if (sequence > acked) {
            acked = Math.min(sequence, last);
            ackedAt = clock.getAsLong();
        }
    }

    /** The server ended the batch and stored so many of its messages. */
    void conclude(long count) {
        concluded = Math.min(count, last);
    }

    /** The stream has taken no batches any more from this message on, and no message before it was refused. */
    void refusedFrom(long sequence) {
        refusedFrom = sequence;
    }

    long last() {
        return last;
    }

    long acked() {
        return acked;
    }

    /** Whether the server is known to have taken the first message. */
    boolean started() {
        return started;
    }

    /** How many messages are stored in the end, or -1 while that is open. */
    long concluded() {
        return concluded;
    }

    /** See {@link #refusedFrom(long)}; 0: none. */
    long refusedFrom() {
        return refusedFrom;
    }

    /** Whether all of it is stored, and so long ago that the server may have forgotten it. */
    boolean isStale(long afterNanos) {
        return started && acked == last && clock.getAsLong() - ackedAt > afterNanos;
    }

    boolean isOpen() {
        return concluded < 0 && last > 0;
    }

    boolean hasOpenTail() {
        return isOpen() && last > acked;
    }

    /** A subject that leads into the batch's stream. */
    String subject() {
        return subject;
    }
}
