package io.jetsink.publish.fast;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.ForeignReplies;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out over a new connection how a batch of a lost connection ended. An end that any connection sends ends the batch.
 * The reply goes to the reply subject of the last stored message while proposals are pending, otherwise to that of the end
 * (measured, nats-server 2.15.1, R1 and R3). Both are below the old inbox, which is therefore subscribed to first.
 */
final class OrphanedBatch {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedBatch.class);
    private static final byte[] EMPTY = {};
    /** Account or server are out of storage: the server refuses any message, without processing the end. */
    private static final Set<Integer> NOT_PROCESSED =
            Set.of(JetStreamErrorException.ACCOUNT_FULL, JetStreamErrorException.SERVER_FULL);

    private static final Duration LEADERLESS_PAUSE = Duration.ofMillis(250);

    private OrphanedBatch() {}

    /**
     * Ends the batch and concludes it if its outcome can be known.
     *
     * @param timeout of the reply. A batch that was ended must not be ended again before: the second end is refused while
     *     the reply to the first may be under way
     * @return whether the outcome of the batch is final: concluded, or unknown forever. False if the batch never began: then
     *     its id has to be used again, so that a start that arrives late is refused
     * @throws IOException if there was no reply
     */
    static boolean end(
            Connection connection, FastBatch batch, AckSource source, ForeignReplies foreign, Duration timeout)
            throws IOException, InterruptedException {
        FastReplies replies = new FastReplies(connection, source, foreign, 1);
        replies.sending(batch.sentCount(), batch.subject());
        try {
            replies.follow(batch);
            // The server has to know the subscription before it replies.
            connection.flush(timeout);
            connection.publish(batch.subject(), batch.endReply(), null, EMPTY);
            return await(connection, batch, replies, timeout);
        } catch (TimeoutException e) {
            throw new CodedException(ErrorCode.NO_ANSWER, "the server does not answer", e);
        } finally {
            replies.close();
        }
    }

    private static boolean await(Connection connection, FastBatch batch, FastReplies replies, Duration timeout)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        IOException refusal = null;
        for (; ; ) {
            long left = deadline - System.nanoTime();
            FastReply reply = left > 0 ? replies.poll(left) : null;
            if (reply == null) {
                String text =
                        refusal == null ? "no answer to the end of a batch in " : "no end of a batch accepted in ";
                throw new CodedException(ErrorCode.NO_ACK, text + timeout.toMillis() + " ms", refusal);
            }
            if (!reply.batch().equals(batch.id()) || !reply.fits(batch)) {
                continue;
            }
            switch (reply.kind()) {
                case FINAL, DUPLICATE -> {
                    batch.conclude(reply.count());
                    LOG.debug("batch {} ended with {} of {} messages", batch.id(), reply.count(), batch.sentCount());
                    return true;
                }
                case REFUSED, LOST -> {
                    if (reply.sequence() <= batch.sentCount()) {
                        // About a message, not about the end.
                        continue;
                    }
                    if (reply.kind() == FastReply.Kind.REFUSED && !NOT_PROCESSED.contains(reply.code())) {
                        return isFinal(replies.task(), batch, reply);
                    }
                    refusal = reply.error();
                    // No server processed the end, so it may be sent again. The stream has no leader for now.
                    replies.await(LEADERLESS_PAUSE.toNanos());
                    connection.publish(batch.subject(), batch.endReply(), null, EMPTY);
                }
                case ACK, GAP, STORED, FOREIGN -> LOG.debug("batch {}: {} while it ends", batch.id(), reply.kind());
            }
        }
    }

    /** Returns whether a batch whose end was refused had begun, and logs that its outcome stays unknown. */
    private static boolean isFinal(String task, FastBatch batch, FastReply refused) {
        boolean begun = refused.code() != JetStreamErrorException.BATCH_UNKNOWN || batch.started();
        if (begun) {
            LOG.warn(
                    "{} {}: the outcome of up to {} messages is unknown ({}); they are sent again and may be stored twice",
                    ErrorCode.BATCH_UNKNOWN,
                    task,
                    batch.sentCount() - batch.acked(),
                    FailureTriage.describe(refused.cause()));
        }
        return begun;
    }
}
