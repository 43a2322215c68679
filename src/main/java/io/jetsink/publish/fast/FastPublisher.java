package io.jetsink.publish.fast;

import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.Probe;
import io.jetsink.nats.stream.RandomIds;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.MessageSender;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamAdmission;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fast-ingest ({@code publish.mode=fast}; ADR-50, nats-server 2.14 and later, stream with {@code allow_batched}). Messages
 * are sent in one batch whose acks are cumulative. With {@code gap=fail} the stream holds an exact prefix of the messages
 * that were sent, so first copies are in order whatever happens on the way.
 *
 * <p>The server acks after some hundred messages. Messages after the last ack are settled by ending the batch: the reply to
 * the end counts exactly. The next message starts a new batch. A message that the stream refuses for its content ends the
 * batch, too; messages after it are not stored, and are sent again.
 */
public final class FastPublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(FastPublisher.class);
    /** A message with a longer transfer is a batch of its own: the server would discard the batch before it arrives. */
    private static final Duration SLOW = Duration.ofSeconds(3);
    /** Bytes of a payload below which no link is that slow. */
    private static final int NEVER_SLOW = 64 << 10;

    private final Connection connection;
    private final TargetStream stream;
    private final StreamAdmission admission;
    private final PublishSettings settings;
    private final LinkRate rate;
    private final LongSupplier clock;
    private final long[] positions;
    private final FastReplies replies;
    private final OpenBatch open;
    private final SingleMessageBatches singles;
    private volatile @Nullable FastBatch unbegun;
    private boolean hasIds;

    /** @param unbegun a batch of an epoch before whose only message may still be on its way, or null */
    public FastPublisher(
            Connection connection,
            TargetStream stream,
            StreamAdmission admission,
            AckSource source,
            ForeignReplies foreign,
            PublishSettings settings,
            @Nullable FastBatch unbegun,
            LinkRate rate,
            LongSupplier clock) {
        this.connection = connection;
        this.stream = stream;
        this.admission = admission;
        this.settings = settings;
        this.unbegun = unbegun;
        this.rate = rate;
        this.clock = clock;
        this.positions = FastBatch.newPositions(settings.mostPending());
        this.replies = new FastReplies(connection, source, foreign, positions.length);
        this.open = new OpenBatch(connection, replies, admission, rate, clock, settings.mode() == PublishMode.AUTO);
        this.singles = new SingleMessageBatches(connection, replies, clock);
    }

    /** The last open batch, for the next epoch. */
    @Nullable
    FastBatch batch() {
        return open.batch();
    }

    /** See the constructor. Null when a message was sent in this epoch: then only a later batch can be unbegun. */
    @Nullable
    FastBatch unbegun() {
        return unbegun;
    }

    /** The stream as it was when the epoch began. */
    TargetStream stream() {
        return stream;
    }

    /** Whether server or stream turned out not to accept batches. */
    boolean wasRefused() {
        return open.wasRefused();
    }

    @Override
    public Mode mode() {
        return Mode.FAST;
    }

    @Override
    public int window() {
        FastBatch batch = open.batch();
        return batch == null || batch.started() ? rate.messages() : 1;
    }

    @Override
    public boolean publish(long position, PendingRecord record) {
        if (open.isBusy() || singles.isPending(position)) {
            return false;
        }
        FastBatch batch = open.batch();
        OutboundMessage message = record.message();
        boolean first = isFirstWithId(record);
        boolean alone = first || isSlow(message);
        boolean begins = batch == null || batch.sentCount() == 0 || batch.isStale(FLUSH_AFTER.toNanos());
        if (alone && batch != null && !begins) {
            open.end(batch);
            return false;
        }
        MessageSender.checkSize(message, 0, connection);
        if (!admission.admits(position, message, connection)) {
            return false;
        }
        if (batch == null || begins) {
            try {
                batch = begin(position);
            } catch (IllegalStateException closed) {
                return false;
            }
        }
        replies.sending(batch.sentCount() + 1, message.subject());
        if (!MessageSender.send(message, alone ? batch.onlyReply() : batch.nextReply(), connection)) {
            return false;
        }
        batch.sent(position, message.subject());
        if (message.isIdentified()) {
            hasIds = true;
            batch.markIds();
        }
        if (first) {
            record.partition().sentWithId(true);
        }
        if (unbegun != null) {
            unbegun = null;
        }
        return true;
    }

    private FastBatch begin(long position) {
        FastBatch lost = unbegun;
        // The same id for the same message only: the count of its late start must not settle another one.
        String id = lost != null && lost.position(1) == position ? lost.id() : RandomIds.ofInbox();
        FastBatch begun =
                new FastBatch(connection.getOptions().getInboxPrefix(), id, settings.leastPending(), positions, clock);
        open.begin(begun);
        return begun;
    }

    /**
     * Returns whether a message is the first with an id of its partition. Such a message is sent as a batch of one, because
     * only then does the server report a duplicate. Within a larger batch it skips duplicates silently, and new records with
     * repeated ids would be lost unnoticed.
     */
    private static boolean isFirstWithId(PendingRecord record) {
        return record.message().isIdentified() && !record.partition().wasSentWithId();
    }

    private boolean isSlow(OutboundMessage message) {
        int length = message.payload().length;
        return length > NEVER_SLOW && rate.transit(length).compareTo(SLOW) > 0;
    }

    @Override
    public int ahead() {
        return hasIds ? singles.room() : 0;
    }

    /** Sends the first messages of further partitions while the reply to the present one's is due. */
    @Override
    public boolean publishAhead(long position, PendingRecord record) {
        return isFirstWithId(record)
                && !isSlow(record.message())
                && MessageSender.fits(record.message(), 0, connection)
                && singles.send(position, record, FLUSH_AFTER.toNanos() + rate.aheadNanos());
    }

    @Override
    public void harvest(Outcomes outcomes) {
        for (FastReply reply = replies.poll(); reply != null; reply = replies.poll()) {
            onReply(reply, outcomes);
        }
        open.report(outcomes);
        singles.reportOverdue(outcomes);
        admission.report(outcomes);
    }

    private void onReply(FastReply reply, Outcomes outcomes) {
        FastBatch single = singles.batch(reply.batch());
        FastBatch batch = single == null ? open.unconcluded(reply.batch()) : single;
        if (batch == null) {
            // A reply to an older batch, which is concluded.
            return;
        }
        if (!reply.fits(batch)) {
            LOG.warn(
                    "{} {}: ignored an invalid reply on the ack inbox: it acks messages that were not sent; is another client"
                            + " publishing there?",
                    ErrorCode.INVALID_REPLY,
                    replies.task());
        } else if (single == null) {
            open.onReply(batch, reply, outcomes);
        } else {
            if (reply.kind() == FastReply.Kind.FINAL || reply.kind() == FastReply.Kind.DUPLICATE) {
                replies.prove();
            }
            singles.onReply(reply, outcomes);
        }
    }

    @Override
    public void flush() {
        open.endTail();
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        if (!open.awaitsReply() && singles.isEmpty()) {
            return admission.await(nanos);
        }
        open.endUnlessAckIsDue();
        replies.await(nanos);
        return true;
    }

    @Override
    public CompletableFuture<Boolean> query(PendingRecord pending, Duration ahead) {
        return Probe.reaches(connection, pending.message().subject(), stream.name(), ahead);
    }

    @Override
    public @Nullable IOException ackedElsewhere() {
        return replies.ackedElsewhere();
    }
}
