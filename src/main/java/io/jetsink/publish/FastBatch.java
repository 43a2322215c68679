package io.jetsink.publish;

/**
 * One fast-ingest batch as its sender sees it. Sequences count its messages from 1.
 *
 * <p><b>Threads.</b> Written by the task thread; once its epoch is over, read and concluded by the link's background
 * thread.
 */
final class FastBatch {
    /** How many messages the server is asked to let pass between two acks. */
    private static final int FLOW = 500;

    final String id;
    private final String inbox;
    private final int flow;
    private final StringBuilder reply;
    private final int replyStem;
    private final long[] positions;
    private final int mask;

    private volatile long last;
    private volatile long acked;
    private volatile boolean started;
    private volatile long ackedAt = System.nanoTime();
    private volatile long concluded = -1;
    private volatile String subject = "";

    /** @param inbox a subject prefix that is subscribed with everything below it, for as long as the batch lives */
    FastBatch(String inbox, String id, int window) {
        this.id = id;
        this.inbox = inbox;
        this.flow = Math.max(1, Math.min(FLOW, window / 4));
        this.reply = new StringBuilder(inbox)
                .append('.')
                .append(id)
                .append('.')
                .append(flow)
                .append(".fail.");
        this.replyStem = reply.length();
        this.positions = new long[Integer.highestOneBit(Math.max(window - 1, 1)) << 1];
        this.mask = positions.length - 1;
    }

    String inbox() {
        return inbox;
    }

    /** The reply subject of the next message: operation 0 starts a batch, 1 goes on. */
    String nextReply() {
        return reply(last + 1, last == 0 ? 0 : 1);
    }

    /** The reply subject of a message that is the whole batch: operation 2 stores it and ends the batch. */
    String onlyReply() {
        return reply(1, 2);
    }

    /** The reply subject that ends the batch (operation 3); its sequence lies behind all messages. */
    String endReply() {
        // Any thread.
        return inbox + '.' + id + '.' + flow + ".fail." + (last + 1) + ".3.$FI";
    }

    private String reply(long sequence, int operation) {
        reply.setLength(replyStem);
        return reply.append(sequence)
                .append('.')
                .append(operation)
                .append(".$FI")
                .toString();
    }

    void sent(long position, String to) {
        long sequence = last + 1;
        positions[(int) sequence & mask] = position;
        if (!to.equals(subject)) {
            subject = to;
        }
        last = sequence;
    }

    /** Where this message of the batch stands in the ring. Only for messages that are not acked yet, and the latest. */
    long position(long sequence) {
        return positions[(int) sequence & mask];
    }

    void acked(long sequence) {
        started = true;
        if (sequence > acked) {
            acked = Math.min(sequence, last);
            ackedAt = System.nanoTime();
        }
    }

    /** The server ended the batch and stored so many of its messages. */
    void conclude(long count) {
        concluded = Math.min(count, last);
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

    /** Whether all of it is stored, and so long ago that the server may have forgotten it. */
    boolean isStale(long afterNanos) {
        return started && acked == last && System.nanoTime() - ackedAt > afterNanos;
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
