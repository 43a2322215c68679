package io.jetsink.publish.fast;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.ForeignReplies;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns from a new connection how a batch of a lost one ended. An end that comes from anywhere ends the batch; the answer
 * goes to the reply subject of the last stored message while proposals are pending, else to that of the end (measured,
 * nats-server 2.15.1, R1 and R3). Both lie below the old inbox, which is therefore subscribed first.
 */
final class OrphanedBatch {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedBatch.class);
    private static final byte[] EMPTY = {};
    private static final int UNKNOWN = JetStreamErrorException.BATCH_UNKNOWN;
    /** Account or server are out of storage: said of any message, and the end was not looked at. */
    private static final Set<Integer> NOT_LOOKED_AT =
            Set.of(JetStreamErrorException.ACCOUNT_FULL, JetStreamErrorException.SERVER_FULL);

    private static final Duration LEADERLESS_PAUSE = Duration.ofMillis(250);

    private OrphanedBatch() {}

    /**
     * Ends the batch and concludes it if its outcome can be known.
     *
     * @param source the stream that the batch goes into
     * @param foreign where answers of others are logged
     * @param patience how long to wait for the answer. A batch that was ended once must not be ended again before, as the
     *     second end is refused while the answer to the first may be under way.
     * @return whether the batch's outcome is settled: concluded, or open for good. False if it never began: then its id
     *     has to be used again, so that a start that comes late is refused.
     * @throws IOException if there was no answer
     */
    static boolean end(
            Connection connection, FastBatch batch, AckSource source, ForeignReplies foreign, Duration patience)
            throws IOException, InterruptedException {
        LinkedBlockingQueue<FastReply> answers = new LinkedBlockingQueue<>();
        Dispatcher dispatcher = connection.createDispatcher(message -> {
            FastReply answer = FastReply.of(message, source);
            JetStreamReply other = answer.foreign();
            if (other == null) {
                answers.add(answer);
            } else {
                foreign.ignored(batch.subject(), other, source);
            }
        });
        try {
            dispatcher.subscribe(batch.inbox() + ".>");
            confirm(connection, patience);
            connection.publish(batch.subject(), batch.endReply(), null, EMPTY);
            return await(connection, batch, answers, patience);
        } finally {
            connection.closeDispatcher(dispatcher);
        }
    }

    /** Returns when the server knows the subscription. */
    private static void confirm(Connection connection, Duration patience) throws IOException, InterruptedException {
        try {
            connection.flush(patience);
        } catch (TimeoutException e) {
            throw new IOException("the server does not answer", e);
        }
    }

    private static boolean await(
            Connection connection, FastBatch batch, LinkedBlockingQueue<FastReply> answers, Duration patience)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        IOException refusal = null;
        for (; ; ) {
            long left = deadline - System.nanoTime();
            FastReply answer = left > 0 ? answers.poll(left, TimeUnit.NANOSECONDS) : null;
            if (answer == null) {
                String what = refusal == null ? "no answer to the end of a batch in " : "no end of a batch taken in ";
                throw new IOException(what + patience.toMillis() + " ms", refusal);
            }
            boolean toTheEnd = answer.sequence() > batch.last();
            if (!answer.batch().equals(batch.id) || !answer.fits(batch)) {
                continue;
            }
            switch (answer.kind()) {
                case FINAL, DUPLICATE -> {
                    batch.conclude(answer.count());
                    LOG.debug("batch {} ended with {} of {} messages", batch.id, answer.count(), batch.last());
                    return true;
                }
                case REFUSED, LOST -> {
                    if (!toTheEnd) {
                        continue;
                    }
                    if (answer.kind() == FastReply.Kind.REFUSED && !NOT_LOOKED_AT.contains(answer.code())) {
                        return unknown(batch, answer);
                    }
                    refusal = answer.error();
                    // Nobody took the end, so it may be sent again; the stream is without a leader for now.
                    awaitQuietly(answers, LEADERLESS_PAUSE);
                    connection.publish(batch.subject(), batch.endReply(), null, EMPTY);
                }
                case ACK, GAP, STORED, FOREIGN -> LOG.debug("batch {}: {} while it ends", batch.id, answer.kind());
            }
        }
    }

    private static boolean unknown(FastBatch batch, FastReply answer) {
        boolean neverBegan = answer.code() == UNKNOWN && !batch.started();
        if (!neverBegan) {
            LOG.warn(
                    "the outcome of up to {} messages is unknown ({}); they are sent again and may be there twice",
                    batch.last() - batch.acked(),
                    FailureTriage.reason(answer.error() == null ? new IOException("refused") : answer.error()));
        }
        return !neverBegan;
    }

    private static void awaitQuietly(LinkedBlockingQueue<FastReply> answers, Duration pause)
            throws InterruptedException {
        FastReply next = answers.poll(pause.toNanos(), TimeUnit.NANOSECONDS);
        if (next != null) {
            answers.add(next);
        }
    }
}
