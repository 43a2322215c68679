package io.jetsink.publish;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Pipelined publishes with one ack each ({@code publish.mode=async}). With a window of one it is {@code sync}: the next
 * message leaves when the ack of the one before has come, so first copies stay in order through faults too.
 *
 * <p>Order is kept until a fault: a message that fails is sent again after others behind it were stored. Where the last
 * message of a subject counts, those others are therefore sent again, too: nothing behind the first failure is settled.
 */
final class AsyncPublisher implements Publisher {
    private final Connection connection;
    private final JetStream jetStream;
    private final @Nullable String stream;
    private final int window;
    private final boolean lastCounts;
    private final boolean identified;
    private final @Nullable CompletableFuture<PublishAck>[] acks;
    private final int mask;
    /** Everything before it was reported. */
    private long harvested = -1;
    /** Everything before it was published. */
    private long end = -1;

    private volatile boolean proven;
    /** Something has to be sent again, and so everything behind it. */
    private boolean broken;

    /**
     * @param stream the one stream that may ack, or null for any
     * @param window how many messages may wait for their ack
     * @param lastCounts whether of several messages of a subject the last one is to be the newest, as in a key-value bucket
     * @param identified whether messages have ids, without which none can be a duplicate
     */
    AsyncPublisher(Connection connection, @Nullable String stream, int window, boolean lastCounts, boolean identified)
            throws IOException {
        this.connection = connection;
        this.jetStream = connection.jetStream();
        this.stream = stream;
        this.window = window;
        this.lastCounts = lastCounts;
        this.identified = identified;
        this.acks = newFutures(Integer.highestOneBit(Math.max(window - 1, 1)) << 1);
        this.mask = acks.length - 1;
    }

    /** Whether anything was acked. Any thread. */
    boolean isProven() {
        return proven;
    }

    @Override
    public int window() {
        return proven ? window : 1;
    }

    @Override
    public boolean publish(long position, Publication publication) {
        OutboundMessage message = publication.message();
        PayloadLimit.check(message, connection);
        Message out = NatsMessage.builder()
                .subject(message.subject())
                .headers(message.headers())
                .data(message.payload())
                .build();
        CompletableFuture<PublishAck> ack;
        try {
            ack = jetStream.publishAsync(out);
        } catch (IllegalStateException queueFullOrClosed) {
            // Not sent. Closed: the link hears of it. Full: the server reads nothing, and the stall watch sees that.
            return false;
        } catch (IllegalArgumentException unsendable) {
            throw new RejectedRecordException(
                    "jnats refuses the message: " + unsendable.getMessage() + ". Change subject.", unsendable);
        }
        if (harvested == end) {
            // Nothing is outstanding. What was passed over since may be more than there are places.
            harvested = position;
        }
        // A position that was left out has no future; its place may still hold one of a round ago.
        for (long gap = Math.max(end, harvested); gap < position; gap++) {
            acks[(int) gap & mask] = null;
        }
        acks[(int) position & mask] = ack;
        end = position + 1;
        return true;
    }

    @Override
    public void harvest(Outcomes outcomes) {
        for (; harvested < end && !broken; harvested++) {
            int place = (int) harvested & mask;
            CompletableFuture<PublishAck> ack = acks[place];
            if (ack == null) {
                continue;
            }
            if (!ack.isDone()) {
                return;
            }
            acks[place] = null;
            report(harvested, ack, outcomes);
        }
    }

    private void report(long position, CompletableFuture<PublishAck> ack, Outcomes outcomes) {
        try {
            PublishAck told = ack.join();
            String stored = told.getStream();
            if (stream != null && !stream.equals(stored)) {
                outcomes.failed(
                        position, ForeignAnswers.failure(Answer.foreignAck(stored, ""), new AckSource(stream, null)));
            } else if (!AckSequence.isOne(told.getSeqno()) || (told.isDuplicate() && !identified)) {
                broken = lastCounts;
                outcomes.failed(
                        position,
                        new IOException("an ack that no server gives, with sequence " + told.getSeqno()
                                + (told.isDuplicate() ? ", of a duplicate without an id" : "")));
            } else {
                if (!proven) {
                    proven = true;
                }
                if (told.isDuplicate()) {
                    outcomes.duplicate(position);
                } else {
                    outcomes.settled(position);
                }
            }
        } catch (CompletionException | CancellationException failure) {
            broken = lastCounts && FailureTriage.of(failure) != FailureTriage.Verdict.REJECT;
            outcomes.failed(position, failure);
        }
    }

    @Override
    public void flush() {
        // Each message travels on its own: there is nothing in hand.
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        long last = Math.min(position, end - 1);
        boolean known = false;
        for (long at = last; at >= harvested; at--) {
            CompletableFuture<PublishAck> ack = acks[(int) at & mask];
            if (ack != null && !ack.isDone()) {
                awaitOne(ack, nanos);
                return true;
            }
            known |= ack != null;
        }
        return known;
    }

    private static void awaitOne(CompletableFuture<PublishAck> ack, long nanos) throws InterruptedException {
        try {
            ack.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException known) {
            // The outcome, or that there is none yet, is harvest's to tell.
            return;
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable CompletableFuture<PublishAck>[] newFutures(int length) {
        @Nullable CompletableFuture<PublishAck>[] futures = new CompletableFuture[length];
        Arrays.fill(futures, null);
        return futures;
    }
}
