package io.jetsink.publish.fast;

import io.jetsink.nats.ReplyReader;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The replies to the batches of one epoch, and who sends them. Replies of other streams and clients are logged, and left
 * out.
 *
 * <p><b>Threads.</b> The connection's reading thread reads replies; the methods are the task thread's.
 */
final class FastReplies {
    private final Connection connection;
    private final AckSource source;
    private final ForeignReplies foreign;
    private final LinkedBlockingDeque<FastReply> received = new LinkedBlockingDeque<>();
    /** The subject of the message at each place of the open batch. */
    private final @Nullable String[] subjects;

    private @Nullable Subscription followed;
    private volatile String batch = "";
    private volatile @Nullable JetStreamReply foreignAck;
    /** Whether the expected stream has ended a batch of this epoch. */
    private boolean proven;

    /** @param places of a window, a power of two */
    FastReplies(Connection connection, AckSource source, ForeignReplies foreign, int places) {
        this.connection = connection;
        this.source = source;
        this.foreign = foreign;
        this.subjects = new @Nullable String[places];
    }

    /** Returns the name of the task, for log lines. */
    String task() {
        return foreign.name();
    }

    /** Subscribes to the replies of a batch, in the place of the open batch before. */
    void follow(FastBatch begun) {
        close();
        batch = begun.id();
        followed = subscribe(begun.inbox() + ".>");
    }

    /** Subscribes to the replies of further batches. */
    Subscription subscribe(String filter) {
        return ReplyReader.subscribe(connection, filter, this::onMessage);
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
        return received.poll();
    }

    /** The next reply, or null if none was received in this time. */
    @Nullable
    FastReply poll(long nanos) throws InterruptedException {
        return received.poll(nanos, TimeUnit.NANOSECONDS);
    }

    /** Waits for the next reply, for {@link #poll()}. */
    void await(long nanos) throws InterruptedException {
        FastReply reply = poll(nanos);
        if (reply != null) {
            received.addFirst(reply);
        }
    }

    /** Notes that the expected stream has ended a batch. */
    void prove() {
        proven = true;
        foreign.ownAck();
    }

    /**
     * Whether an ack within a batch comes from the expected stream. The ack does not name the stream: a stream of another
     * domain that stores the same messages sends the same acks. Only the end of a batch names stream and domain. With a
     * domain, the first batch of the task is therefore ended at its first ack. Later epochs need not do so: an end whose
     * reply is lost with the connection leaves the outcome of a batch open.
     */
    boolean believesAcks() {
        String domain = source.domain();
        return domain == null || (!foreign.wereAcks() && (domain.isEmpty() || foreign.wasOwnAck()));
    }

    /** See {@link Publisher#ackedElsewhere}. */
    @Nullable
    IOException ackedElsewhere() {
        return proven ? null : foreignAck();
    }

    /** The failure that the latest ack of another stream or domain explains, or null if there was none. */
    @Nullable
    IOException foreignAck() {
        JetStreamReply other = foreignAck;
        return other == null ? null : ForeignReplies.failure(other, source);
    }

    /** Ends the subscription to the replies of the open batch. */
    void close() {
        Subscription before = followed;
        followed = null;
        if (before != null) {
            ReplyReader.unsubscribe(connection, before);
        }
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
