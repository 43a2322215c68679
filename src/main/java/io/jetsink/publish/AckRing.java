package io.jetsink.publish;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.ReplyReader;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.RandomIds;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of the messages of one epoch, each acked separately (ADR 0027). All replies arrive at one wildcard subscription,
 * {@code <inbox prefix><token>.*}, and the last token is the message's position. An acked message costs no object here.
 *
 * <p><b>Threads.</b> The connection's reading thread writes outcomes; all methods are the task thread's.
 */
final class AckRing {
    private static final long NONE = -1;
    private static final int STATE_BITS = 2;
    private static final long PENDING = 1;
    private static final long ACKED = 2;
    private static final long DUPLICATE = 3;
    private static final long FAILED = 0;

    private final AckSource source;
    private final ForeignReplies foreign;
    private final boolean inProcessFails;
    private final StringBuilder reply;
    private final int stem;
    private final AckScanner scanner = new AckScanner();

    /** Position and state of the message at each place, in one word, so that no late reply is taken for another message's. */
    private final AtomicLongArray states;

    private final int mask;
    private final @Nullable OutboundMessage[] messages;
    private final @Nullable String[] subjects;
    private final @Nullable IOException[] failures;
    private final Queue<Long> inProcess = new ConcurrentLinkedQueue<>();

    private volatile @Nullable JetStreamReply foreignAck;
    private volatile long awaited = NONE;
    private volatile @Nullable Thread waiter;

    /**
     * @param window number of positions that may be without an outcome
     * @param inProcessFails whether an id that is in process fails its message; otherwise see {@link #inProcess}
     */
    AckRing(Connection connection, AckSource source, ForeignReplies foreign, int window, boolean inProcessFails) {
        this.source = source;
        this.foreign = foreign;
        this.inProcessFails = inProcessFails;
        this.reply = new StringBuilder(connection.getOptions().getInboxPrefix() + RandomIds.ofInbox() + '.');
        this.stem = reply.length();
        int places = Integer.highestOneBit(Math.max(window - 1, 1)) << 1;
        this.mask = places - 1;
        this.states = new AtomicLongArray(places);
        for (int place = 0; place < places; place++) {
            states.setPlain(place, word(NONE, ACKED));
        }
        this.messages = new @Nullable OutboundMessage[places];
        this.subjects = new @Nullable String[places];
        this.failures = new @Nullable IOException[places];
        ReplyReader.subscribe(connection, reply + "*", this::onMessage);
    }

    /** The reply subject of the message at this position. */
    String reply(long position) {
        reply.setLength(stem);
        return reply.append(position).toString();
    }

    /** Notes that a message is about to be sent: replies to it count from now on. */
    void sending(long position, OutboundMessage message) {
        int place = place(position);
        messages[place] = message;
        subjects[place] = message.subject();
        failures[place] = null;
        states.set(place, word(position, PENDING));
    }

    /** Notes that the message was not sent after all. */
    void unsent(long position) {
        states.set(place(position), word(NONE, ACKED));
    }

    /** Whether a message was sent at this position, recently enough that its outcome is kept. */
    boolean isSent(long position) {
        return states.get(place(position)) >> STATE_BITS == position;
    }

    boolean isPending(long position) {
        return is(position, PENDING);
    }

    boolean isAcked(long position) {
        return is(position, ACKED);
    }

    boolean isFailed(long position) {
        return is(position, FAILED);
    }

    private boolean is(long position, long state) {
        return states.get(place(position)) == word(position, state);
    }

    /** Why the message was not stored. Only if it {@linkplain #isFailed failed}. */
    IOException failure(long position) {
        IOException failure = failures[place(position)];
        return failure == null ? new CodedException(ErrorCode.STREAM_ERROR, "refused") : failure;
    }

    /** The message at this position, until it is {@linkplain #forget forgotten}. */
    @Nullable
    OutboundMessage message(long position) {
        return isSent(position) ? messages[place(position)] : null;
    }

    /** Releases the message, whose outcome was reported. */
    void forget(long position) {
        messages[place(position)] = null;
    }

    /** The position of a pending message that is to be sent again, because its id was in process elsewhere; or null. */
    @Nullable
    Long inProcess() {
        return inProcess.poll();
    }

    /** The failure that the latest ack of another stream or domain explains, or null if there was none. */
    @Nullable
    IOException foreignAck() {
        JetStreamReply other = foreignAck;
        return other == null ? null : ForeignReplies.failure(other, source);
    }

    /** Waits until the message at this position is not pending, or for this many nanoseconds. */
    void await(long position, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        waiter = Thread.currentThread();
        awaited = position;
        try {
            for (long left = nanos; left > 0 && isPending(position); left = deadline - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for an ack");
                }
            }
        } finally {
            awaited = NONE;
        }
    }

    private void onMessage(Message message) {
        long position = position(message.getSubject());
        if (position < 0) {
            return;
        }
        byte[] data = message.getData();
        if (!message.isStatusMessage() && scanner.isAck(data)) {
            conclude(position, ACKED);
            return;
        }
        int place = place(position);
        OutboundMessage sent = messages[place];
        JetStreamReply answer = ofOneMessage(source.read(message, sent != null && sent.isIdentified()));
        switch (answer.kind()) {
            case ACK -> {
                if (!answer.duplicate()) {
                    scanner.learn(data);
                }
                conclude(position, answer.duplicate() ? DUPLICATE : ACKED);
            }
            case REFUSED, STATUS -> onRefused(position, answer.cause());
            case FOREIGN -> {
                if (!answer.stream().isEmpty()) {
                    foreignAck = answer;
                }
                String subject = isSent(position) ? subjects[place] : null;
                if (subject != null) {
                    foreign.ignored(subject, answer, source);
                }
            }
        }
    }

    /** The end of a batch acks no single message. */
    private static JetStreamReply ofOneMessage(JetStreamReply answer) {
        return answer.isAck() && (answer.sequence() == 0 || !answer.batch().isEmpty())
                ? JetStreamReply.noAck()
                : answer;
    }

    private void onRefused(long position, IOException cause) {
        if (!isPending(position)) {
            return;
        }
        if (!inProcessFails
                && cause instanceof JetStreamErrorException refusal
                && refusal.code() == JetStreamErrorException.ID_IN_PROCESS) {
            // Concerns this attempt only (nats-server 2.9 to 2.15, more than one replica).
            inProcess.add(position);
        } else {
            failures[place(position)] = cause;
            conclude(position, FAILED);
        }
    }

    /** The first valid reply is the outcome. */
    private void conclude(long position, long state) {
        boolean first = states.compareAndSet(place(position), word(position, PENDING), word(position, state));
        if (first && awaited == position) {
            LockSupport.unpark(waiter);
        }
    }

    /** The last token of one of our reply subjects, or -1. */
    private long position(String subject) {
        int length = subject.length();
        // A long has 19 digits. No ring gets far enough to need the last.
        if (length <= stem || length - stem > 18) {
            return NONE;
        }
        long position = 0;
        for (int at = stem; at < length; at++) {
            int digit = subject.charAt(at) - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            position = position * 10 + digit;
        }
        return position;
    }

    private int place(long position) {
        return (int) position & mask;
    }

    private static long word(long position, long state) {
        return position << STATE_BITS | state;
    }
}
