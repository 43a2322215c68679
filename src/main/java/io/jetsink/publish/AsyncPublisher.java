package io.jetsink.publish;

import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.Probe;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Pipelined publishes with one ack each ({@code publish.mode=async}). With a window of one it is {@code sync}: the next
 * message is sent when the one before is acked, so first copies stay in order through faults, too.
 *
 * <p>Only the expected stream settles a message; replies of others are ignored ({@link AckRing}, ADR 0027).
 *
 * <p>Order is kept until a fault: a message that fails is sent again after messages behind it were stored. If the last
 * message of a subject counts, those messages are sent again, too: nothing behind the first failure is settled. An id that
 * is in process does not fail the epoch: only that message is sent again, after a pause.
 */
public final class AsyncPublisher implements Publisher {
    /** The end of a connection wakes no waiting thread. */
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** A cluster agrees on a message within milliseconds, except during a leader election. */
    private static final long IN_PROCESS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Connection connection;
    private final AckSource source;
    private final AckRing acks;
    private final RefusalDiagnosis refusals;
    private final int most;
    private final IntSupplier window;
    private final boolean lastCounts;
    private final LongSupplier clock;
    /** Everything before this position was reported. */
    private long harvested = -1;
    /** Everything before this position was published. */
    private long end = -1;

    private final Queue<Resend> resends = new ArrayDeque<>();
    private volatile boolean proven;
    private volatile boolean retired;
    /** Whether no further message is published, because the publisher has retired. */
    private boolean ended;
    /** Whether a message has to be sent again, and so everything behind it. */
    private boolean broken;

    private record Resend(long position, long at) {}

    /**
     * @param most largest number of messages that may wait for their ack
     * @param window present number
     * @param lastCounts whether the last of several messages of a subject has to be the newest, as in a key-value bucket
     */
    public AsyncPublisher(
            Connection connection,
            AckSource source,
            ForeignReplies foreign,
            RefusalDiagnosis refusals,
            int most,
            IntSupplier window,
            boolean lastCounts,
            LongSupplier clock) {
        this.connection = connection;
        this.source = source;
        this.refusals = refusals;
        this.most = most;
        this.window = window;
        this.lastCounts = lastCounts;
        this.clock = clock;
        this.acks = new AckRing(connection, source, foreign, most, lastCounts);
    }

    /** Whether a message was acked. Any thread. */
    public boolean isProven() {
        return proven;
    }

    /** Publishes nothing further, and ends the epoch when everything published is settled. Any thread. */
    public void retire() {
        retired = true;
    }

    @Override
    public Mode mode() {
        return most == 1 ? Mode.SYNC : Mode.ASYNC;
    }

    @Override
    public int window() {
        if (ended) {
            return 0;
        }
        return proven ? window.getAsInt() : 1;
    }

    @Override
    public boolean publish(long position, PendingRecord record) {
        OutboundMessage message = record.message();
        MessageSender.checkSize(message, 0, connection);
        acks.sending(position, message);
        boolean sent = false;
        try {
            sent = MessageSender.send(message, acks.reply(position), connection);
        } finally {
            if (!sent) {
                acks.unsent(position);
            }
        }
        if (sent) {
            // If nothing is outstanding, more positions may have been skipped since than the ring has places.
            harvested = harvested == end ? position : harvested;
            end = position + 1;
        }
        return sent;
    }

    @Override
    public void harvest(Outcomes outcomes) {
        for (; harvested < end && !broken; harvested++) {
            if (!acks.isSent(harvested)) {
                continue;
            }
            if (acks.isPending(harvested)) {
                // A closed connection receives no further reply, but may have received those of later messages.
                if (lastCounts || connection.getStatus() != Connection.Status.CLOSED) {
                    break;
                }
                continue;
            }
            if (isUnderDiagnosis(harvested)) {
                break;
            }
            report(harvested, outcomes);
            acks.forget(harvested);
        }
        resend();
        if (retired) {
            ended = true;
            if (harvested == end) {
                outcomes.epochFailed(new ModeChangeException(null));
            }
        }
    }

    private boolean isUnderDiagnosis(long position) {
        OutboundMessage message = acks.isFailed(position) ? acks.message(position) : null;
        return message != null && refusals.isOpen(position, message.subject(), acks.failure(position));
    }

    private void report(long position, Outcomes outcomes) {
        if (acks.isFailed(position)) {
            Exception failure = refusals.cause(position, acks.failure(position));
            if (!refusals.isDuplicate(failure)) {
                broken = lastCounts && FailureTriage.verdictOf(failure) != FailureTriage.Verdict.REJECT;
                outcomes.failed(position, failure);
                return;
            }
        }
        if (!proven) {
            proven = true;
        }
        if (acks.isAcked(position)) {
            outcomes.settled(position);
        } else {
            outcomes.duplicate(position);
        }
    }

    /** Sends messages again whose ids were in process, when their pause is over. */
    private void resend() {
        for (Long position = acks.inProcess(); position != null; position = acks.inProcess()) {
            resends.add(new Resend(position, clock.getAsLong() + IN_PROCESS_NANOS));
        }
        for (Resend next = resends.peek(); next != null && clock.getAsLong() - next.at() >= 0; next = resends.peek()) {
            OutboundMessage message = acks.isPending(next.position()) ? acks.message(next.position()) : null;
            if (message != null && !MessageSender.send(message, acks.reply(next.position()), connection)) {
                // Tried again at the next harvest, unless the connection is closed.
                return;
            }
            resends.remove();
        }
    }

    @Override
    public CompletableFuture<Boolean> query(PendingRecord pending, Duration ahead) {
        return Probe.reaches(connection, pending.message().subject(), source.stream(), ahead);
    }

    @Override
    public @Nullable IOException ackedElsewhere() {
        return proven ? null : acks.foreignAck();
    }

    @Override
    public void flush() {
        // Each message is acked separately: nothing has to be ended.
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        if (refusals.await(nanos)) {
            return true;
        }
        boolean known = false;
        for (long at = Math.min(position, end - 1); at >= harvested; at--) {
            if (acks.isPending(at)) {
                acks.await(at, Math.min(nanos, resends.isEmpty() ? WAIT_NANOS : IN_PROCESS_NANOS));
                return true;
            }
            known |= acks.isSent(at);
        }
        return known;
    }
}
