package io.jetsink.publish.fast;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.publish.ForeignReplies;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The replies to the batches of one epoch. Replies of other streams and clients are logged, and left out.
 *
 * <p><b>Threads.</b> The connection's dispatcher reads replies; the methods are the task thread's.
 */
final class FastReplies {
    private final AckSource source;
    private final ForeignReplies foreign;
    private final Dispatcher dispatcher;
    private final LinkedBlockingQueue<FastReply> received = new LinkedBlockingQueue<>();
    private final Queue<FastReply> awaited = new ArrayDeque<>();
    /** The subject of the message at each place of the open batch. */
    private final @Nullable String[] subjects;

    private String inbox = "";
    private volatile String batch = "";
    private volatile @Nullable JetStreamReply foreignAck;

    /** @param places of a window, a power of two */
    FastReplies(Connection connection, AckSource source, ForeignReplies foreign, int places) {
        this.source = source;
        this.foreign = foreign;
        this.subjects = new @Nullable String[places];
        this.dispatcher = connection.createDispatcher(this::onMessage);
        // jnats' own limits would drop acks.
        dispatcher.setPendingLimits(-1, -1);
    }

    /** Subscribes to the replies of a batch, in the place of the open batch before. */
    void follow(FastBatch begun) {
        if (!inbox.isEmpty()) {
            dispatcher.unsubscribe(inbox);
        }
        batch = begun.id();
        inbox = begun.inbox() + ".>";
        dispatcher.subscribe(inbox);
    }

    /** Subscribes to the replies of further batches. */
    void subscribe(String filter) {
        dispatcher.subscribe(filter);
    }

    /** Notes the subject of a message of the open batch, for the log. */
    void sending(long sequence, String subject) {
        subjects[place(sequence)] = subject;
    }

    private int place(long sequence) {
        return (int) sequence & subjects.length - 1;
    }

    /** The next reply, or null if none was received. */
    @Nullable
    FastReply poll() {
        FastReply first = awaited.poll();
        return first == null ? received.poll() : first;
    }

    /** Waits for the next reply, for {@link #poll}. */
    void await(long nanos) throws InterruptedException {
        FastReply reply = received.poll(nanos, TimeUnit.NANOSECONDS);
        if (reply != null) {
            awaited.add(reply);
        }
    }

    /**
     * The latest ack of another stream or domain, or null. Acks within a batch do not name the stream that sends them, so
     * only the end of a batch shows it.
     */
    @Nullable
    JetStreamReply foreignAck() {
        return foreignAck;
    }

    private void onMessage(Message message) {
        FastReply reply = FastReply.of(message, source);
        JetStreamReply other = reply.foreign();
        if (other == null) {
            received.add(reply);
            return;
        }
        if (!other.stream().isEmpty()) {
            foreignAck = other;
        }
        foreign.ignored(reply.batch().equals(batch) ? subjects[place(reply.sequence())] : null, other, source);
    }
}
