package io.jetsink.publish.fast;

import io.jetsink.config.PublishSettings;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.RandomIds;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.MaxPayload;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamAdmission;
import io.jetsink.publish.WrongStreamException;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fast-ingest ({@code publish.mode=fast}; ADR-50, nats-server 2.14 and later, stream with {@code allow_batched}). Messages
 * stream into one batch whose acks are cumulative; with {@code gap=fail} the stream holds an exact prefix of what was sent,
 * so first copies are in order whatever happens on the way.
 *
 * <p>The server acks after some hundred messages. What comes behind the last ack is settled by ending the batch, whose
 * final answer counts exactly; the next message starts a new batch. A message that the stream refuses for what it is ends
 * the batch, too; what came behind it is not stored, and is sent again.
 */
public final class FastPublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(FastPublisher.class);
    private static final byte[] EMPTY = {};
    /** Half the time after which a server forgets a batch that nothing comes for. */
    static final Duration END = Duration.ofSeconds(5);
    /** A message that needs longer than this is a batch of its own: the server would forget the batch before it is there. */
    private static final long SLOW_NANOS = Duration.ofSeconds(3).toNanos();
    /** Bytes of a payload below which no link is that slow. */
    private static final int NEVER_SLOW = 64 << 10;
    /** "batch publish ID unknown": the server has forgotten the batch (nats-server 2.14, ten idle seconds by default). */
    private static final int UNKNOWN = JetStreamErrorException.BATCH_UNKNOWN;

    private final Connection connection;
    private final TargetStream stream;
    private final AckSource source;
    private final ForeignReplies foreign;
    private final StreamAdmission limit;
    private final PublishSettings settings;
    private final LinkRate rate;
    private final LongSupplier clock;
    private final Dispatcher dispatcher;
    private final long[] positions;
    /** The subject of the message at each place of the open batch. */
    private final @Nullable String[] subjects;

    private final LinkedBlockingQueue<FastReply> answers = new LinkedBlockingQueue<>();
    private final Queue<FastReply> awaited = new ArrayDeque<>();
    private final SingleMessageBatches asks;
    /** Messages have ids. */
    private boolean identifies;

    private volatile @Nullable FastBatch batch;
    private volatile @Nullable FastBatch unbegun;

    /** What is subscribed. */
    private String inbox = "";

    private boolean ending;
    /** When the answer to the end of the batch is overdue. */
    private long endDue;

    private long endPatience;
    private long flow = 1;
    private @Nullable FastReply refusal;
    private volatile boolean refused;
    /** The expected stream has ended a batch of this epoch, so it is there. */
    private boolean proven;
    /** The latest ack of another stream in this epoch. Acks within a batch do not name the stream that sends them. */
    private volatile @Nullable JetStreamReply foreignAck;

    /**
     * @param stream as it is now
     * @param limit what it refuses
     * @param source the same as the one whose acks count
     * @param foreign where answers of others are logged
     * @param unbegun a batch of an epoch before whose only message may still be on its way, or null
     * @param rate what the task has measured of its link
     * @param clock nanoseconds that only go forward
     */
    public FastPublisher(
            Connection connection,
            TargetStream stream,
            StreamAdmission limit,
            AckSource source,
            ForeignReplies foreign,
            PublishSettings settings,
            @Nullable FastBatch unbegun,
            LinkRate rate,
            LongSupplier clock) {
        this.connection = connection;
        this.stream = stream;
        this.limit = limit;
        this.source = source;
        this.foreign = foreign;
        this.settings = settings;
        this.unbegun = unbegun;
        this.rate = rate;
        this.clock = clock;
        this.asks = new SingleMessageBatches(connection, clock);
        this.positions = FastBatch.places(settings.maxPending());
        this.subjects = new @Nullable String[positions.length];
        this.dispatcher = connection.createDispatcher(this::answered);
        // jnats' own limits would drop acks.
        dispatcher.setPendingLimits(-1, -1);
    }

    /** The batch that was open last, for the next epoch. */
    @Nullable
    FastBatch batch() {
        return batch;
    }

    /** See the constructor. Null once something was sent here, which only then is of a later batch. */
    @Nullable
    FastBatch unbegun() {
        return unbegun;
    }

    /** As it was when the epoch began. */
    TargetStream stream() {
        return stream;
    }

    /** The stream whose acks count. */
    AckSource source() {
        return source;
    }

    /** Whether server or stream turned out not to take batches. */
    boolean wasRefused() {
        return refused;
    }

    @Override
    public int window() {
        FastBatch open = batch;
        return open == null || open.started() ? settings.maxPending() : 1;
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        FastBatch open = batch;
        if (ending || (open != null && open.last() > 0 && (!open.started() || open.concluded() >= 0))) {
            return false;
        }
        if (asks.isPending(position)) {
            return false;
        }
        OutboundMessage message = publication.message();
        boolean identified = message.isIdentified();
        boolean first = identified && isFirstOfItsIds(publication);
        boolean alone = first || isSlow(message);
        if (alone && open != null && open.last() > 0 && !open.isStale(END.toNanos())) {
            end(open);
            return false;
        }
        MaxPayload.check(message, connection);
        if (!limit.admits(position, message, connection)) {
            return false;
        }
        try {
            if (open == null || open.last() == 0 || open.isStale(END.toNanos())) {
                open = begin(position);
            }
            String reply = alone ? open.onlyReply() : open.nextReply();
            subjects[place(open.last() + 1)] = message.subject();
            connection.publish(message.subject(), reply, message.headers(), message.payload());
        } catch (IllegalStateException queueFullOrClosed) {
            return false;
        } catch (IllegalArgumentException unsendable) {
            throw new RejectedRecordException(
                    "jnats refuses the message: " + unsendable.getMessage() + ". Change subject.", unsendable);
        }
        open.sent(position, message.subject());
        if (identified) {
            identifies = true;
            open.identified();
        }
        if (first) {
            publication.partition().sentWithId();
        }
        if (unbegun != null) {
            unbegun = null;
        }
        return true;
    }

    @Override
    public int ahead() {
        return identifies ? asks.room() : 0;
    }

    /** The first messages of further partitions are answered while the present one's is. */
    @Override
    public boolean publishAhead(long position, PendingRecord publication) {
        OutboundMessage message = publication.message();
        if (!message.isIdentified()
                || !isFirstOfItsIds(publication)
                || isSlow(message)
                || !MaxPayload.admits(message, connection)) {
            return false;
        }
        return asks.send(position, publication, dispatcher, END.toNanos() + rate.aheadNanos());
    }

    private boolean isSlow(OutboundMessage message) {
        int length = message.payload().length;
        return length > NEVER_SLOW && rate.transitNanos(length) > SLOW_NANOS;
    }

    private FastBatch begin(long position) {
        FastBatch lost = unbegun;
        // The same id for the same message only: the count of its late start must not settle another one.
        String id = lost != null && lost.position(1) == position ? lost.id : RandomIds.ofInbox();
        FastBatch begun =
                new FastBatch(connection.getOptions().getInboxPrefix(), id, settings.maxPending(), positions, clock);
        if (!inbox.isEmpty()) {
            dispatcher.unsubscribe(inbox);
        }
        inbox = begun.inbox() + ".>";
        dispatcher.subscribe(inbox);
        flow = 1;
        batch = begun;
        return begun;
    }

    /**
     * Such a message is a batch of its own, because that alone is answered for itself: a batch passes over what the stream
     * has already and says nothing of it, so new records whose ids repeat would be lost unseen.
     */
    private static boolean isFirstOfItsIds(PendingRecord publication) {
        return !publication.partition().wasSentWithId();
    }

    @Override
    public void harvest(Outcomes outcomes) {
        for (FastReply answer = awaited.poll(); answer != null; answer = awaited.poll()) {
            take(answer, outcomes);
        }
        for (FastReply answer = answers.poll(); answer != null; answer = answers.poll()) {
            take(answer, outcomes);
        }
        FastBatch open = batch;
        if (open != null && open.concluded() > open.acked()) {
            // Learnt by the next epoch.
            settleThrough(open, open.concluded(), outcomes);
        }
        if (open != null && ending && clock.getAsLong() - endDue > 0) {
            // A leader that is replaced forgets that the batch was to end.
            if (open.hasOpenTail()) {
                // The next epoch ends it again, in time.
                JetStreamReply other = foreignAck;
                String why = "no answer to the end of a batch in "
                        + Duration.ofNanos(endPatience).toMillis() + " ms";
                IOException elsewhere = ackedElsewhere();
                outcomes.epochFailed(
                        elsewhere != null
                                ? elsewhere
                                : new IOException(
                                        other == null
                                                ? why
                                                : why + "; "
                                                        + ForeignReplies.failure(other, source)
                                                                .getMessage()));
            } else {
                forget(open, outcomes);
            }
        }
        asks.tend(outcomes);
        limit.tell(outcomes);
    }

    private void take(FastReply answer, Outcomes outcomes) {
        FastBatch open = batch;
        FastBatch asked = asks.batch(answer.batch());
        if (asked != null && answer.fits(asked)) {
            if (answer.kind() == FastReply.Kind.FINAL || answer.kind() == FastReply.Kind.DUPLICATE) {
                prove();
            }
            asks.take(answer, outcomes);
            return;
        }
        if (asked == null && (open == null || !answer.batch().equals(open.id) || open.concluded() >= 0)) {
            return;
        }
        if (open == null || asked != null || !answer.fits(open)) {
            LOG.warn(
                    "ignored an invalid reply on the ack inbox: it acks messages that were not sent; is another client publishing there?");
            return;
        }
        switch (answer.kind()) {
            case ACK -> {
                flow = Math.max(1, answer.count());
                endDue = clock.getAsLong() + endPatience;
                if (believesAcks()) {
                    settleThrough(open, answer.sequence(), outcomes);
                } else {
                    open.acked(0);
                    endToKnow(open, answer.sequence());
                }
            }
            case FINAL -> {
                prove();
                conclude(open, answer.count(), outcomes);
            }
            case DUPLICATE -> {
                prove();
                for (long each = open.acked() + 1; each <= open.last(); each++) {
                    outcomes.duplicate(open.position(each));
                }
                conclude(open, answer.count(), outcomes);
            }
            case STORED -> {
                settleThrough(open, answer.count(), outcomes);
                open.conclude(answer.count());
                refused = true;
                outcomes.epochFailed(new IOException("the server knows no fast-ingest batches"));
            }
            case REFUSED -> refused(open, answer, outcomes);
            case LOST -> {
                refusal = answer;
                limit.distrust();
                if (answer.sequence() == 1 && !(answer.error() instanceof WrongStreamException)) {
                    // Nobody captured the first message, so there is no batch that could be ended.
                    open.conclude(0);
                }
                outcomes.failed(open.position(Math.min(answer.sequence(), open.last())), cause(answer));
            }
            case GAP, FOREIGN -> LOG.debug("a message of batch {} is missing from {} on", open.id, answer.sequence());
        }
    }

    private void prove() {
        proven = true;
        foreign.ownAck();
    }

    /**
     * Whether an ack within a batch is the expected stream's. It does not say so: a stream of another domain that stores the
     * same messages sends the same acks. Only the end of a batch names stream and domain, and shows whether others answer.
     * In a domain, the first batch of the task is therefore ended at its first ack. Not the first of each epoch: an end
     * whose answer is lost with the connection leaves the outcome of a batch open.
     */
    private boolean believesAcks() {
        String domain = source.domain();
        return domain == null || (!foreign.wereAcks() && (domain.isEmpty() || foreign.wasOwnAck()));
    }

    /** Messages are stored, by whichever stream: the answer to the end says by which. */
    private void endToKnow(FastBatch open, long acked) {
        if (acked > 0) {
            end(open);
        }
    }

    private int place(long sequence) {
        return (int) sequence & positions.length - 1;
    }

    private void conclude(FastBatch open, long count, Outcomes outcomes) {
        settleThrough(open, count, outcomes);
        open.conclude(count);
        FastReply refused = refusal;
        boolean duplicate = refused != null && limit.isDuplicate(cause(refused));
        if (refused != null && duplicate) {
            outcomes.duplicate(open.position(refused.sequence()));
        } else if (refused != null) {
            outcomes.failed(open.position(refused.sequence()), cause(refused));
        }
        if (count < open.last()) {
            boolean goesOn =
                    duplicate || (refused != null && FailureTriage.of(cause(refused)) == FailureTriage.Verdict.REJECT);
            if (!goesOn) {
                outcomes.epochFailed(
                        new IOException("the stream took " + count + " of " + open.last() + " messages of a batch"));
                return;
            }
            outcomes.unsent(open.position(count + 1));
        }
        ending = false;
        refusal = null;
        batch = null;
    }

    private void refused(FastBatch open, FastReply answer, Outcomes outcomes) {
        if (answer.code() == JetStreamErrorException.BATCH_DISABLED) {
            if (refusal == null) {
                refusal = answer;
                open.refusedFrom(answer.sequence());
            }
            if (answer.sequence() == 1) {
                open.conclude(0);
            }
            outcomes.epochFailed(new IOException("the stream does not allow batches any more"));
        } else if (answer.sequence() == 1) {
            // No batch began, though its start may have been acked, so no final answer comes.
            refusal = answer;
            conclude(open, 0, outcomes);
        } else if (answer.code() == UNKNOWN && refusal == null && isNextToBeAcked(open, answer)) {
            forget(open, outcomes);
        } else if (answer.sequence() > open.last()) {
            // The end itself was refused: the batch is over, its outcome open.
            outcomes.epochFailed(cause(answer));
        } else if (refusal == null) {
            refusal = answer;
            flush();
        }
    }

    /** Whether everything that was sent before the message (or end) of this answer is stored. */
    private static boolean isNextToBeAcked(FastBatch open, FastReply answer) {
        return answer.sequence() == open.acked() + 1;
    }

    /**
     * The batch is over and no outcome of it is open: the acked messages are stored, and those behind them were refused
     * because the server has forgotten the batch. They are sent again in the next one.
     */
    private void forget(FastBatch open, Outcomes outcomes) {
        open.conclude(open.acked());
        if (open.acked() < open.last()) {
            outcomes.unsent(open.position(open.acked() + 1));
        }
        ending = false;
        refusal = null;
        batch = null;
    }

    private void settleThrough(FastBatch open, long sequence, Outcomes outcomes) {
        long known = Math.min(sequence, open.last());
        if (known > open.acked()) {
            outcomes.settledThrough(open.position(known));
        }
        open.acked(known);
    }

    /** Sends nothing for a batch that is wholly acked: a server that has forgotten it would refuse its end. */
    @Override
    public void flush() {
        FastBatch open = batch;
        if (open != null && open.hasOpenTail()) {
            end(open);
        }
    }

    private void end(FastBatch open) {
        if (ending || !open.started()) {
            return;
        }
        try {
            connection.publish(open.subject(), open.endReply(), null, EMPTY);
            ending = true;
            endPatience = END.toNanos() + rate.aheadNanos();
            endDue = clock.getAsLong() + endPatience;
        } catch (IllegalStateException queueFullOrClosed) {
            LOG.debug("batch {} is not ended yet", open.id, queueFullOrClosed);
        }
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        FastBatch open = batch;
        boolean batchIsOpen = open != null && (ending || open.hasOpenTail());
        if (!batchIsOpen && asks.isEmpty()) {
            return limit.await(nanos);
        }
        if (open != null && batchIsOpen && open.last() - open.acked() < flow) {
            // No ack is due before more is sent.
            flush();
        }
        FastReply answer = answers.poll(nanos, TimeUnit.NANOSECONDS);
        if (answer != null) {
            awaited.add(answer);
        }
        return true;
    }

    /** A thread of the connection. */
    private void answered(Message message) {
        FastReply answer = FastReply.of(message, source);
        JetStreamReply other = answer.foreign();
        if (other == null) {
            answers.add(answer);
            return;
        }
        if (!other.stream().isEmpty()) {
            foreignAck = other;
        }
        FastBatch open = batch;
        boolean known = open != null && answer.batch().equals(open.id);
        foreign.ignored(known ? subjects[place(answer.sequence())] : null, other, source);
    }

    @Override
    public @Nullable IOException ackedElsewhere() {
        JetStreamReply other = foreignAck;
        return proven || other == null ? null : ForeignReplies.failure(other, source);
    }

    private static IOException cause(FastReply answer) {
        IOException error = answer.error();
        return error == null ? new IOException("refused") : error;
    }
}
