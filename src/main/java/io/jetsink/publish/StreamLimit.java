package io.jetsink.publish;

import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the stream refuses by its configuration, in one epoch. The configuration is remembered, and may have been edited
 * since; so no message is condemned before the stream was looked up again, and that after the message was first offered.
 * Each condemned message costs one request; the others cost none.
 *
 * <p><b>Threads.</b> Confined to the task thread, on which only {@link #await} waits.
 */
final class StreamLimit {
    private static final long NONE = -1;

    private final LongSupplier ahead;
    private TargetStream stream;
    /** Which message the stream is looked up for. */
    private long doubted = NONE;

    private @Nullable CompletableFuture<TargetStream> answer;

    /**
     * @param stream as it was at the opening of the epoch
     * @param ahead nanoseconds that what is queued before a request needs
     */
    StreamLimit(TargetStream stream, LongSupplier ahead) {
        this.stream = stream;
        this.ahead = ahead;
    }

    /**
     * @param position where the message stands in the ring
     * @return false while it is not known: the message is to be offered again, and nothing behind it meanwhile
     * @throws RejectedRecordException if the stream, as it is now, cannot take the message
     */
    boolean admits(long position, OutboundMessage message, Connection connection) {
        if (problem(message) == null) {
            return true;
        }
        CompletableFuture<TargetStream> asked = position == doubted ? answer : null;
        if (asked == null) {
            ask(position, connection);
            return false;
        }
        if (!asked.isDone() || asked.isCompletedExceptionally()) {
            return false;
        }
        stream = asked.join();
        doubted = NONE;
        answer = null;
        String problem = problem(message);
        if (problem != null) {
            throw new RejectedRecordException(problem);
        }
        return true;
    }

    private void ask(long position, Connection connection) {
        try {
            answer = stream.ask(connection, Duration.ofNanos(ahead.getAsLong()));
            doubted = position;
        } catch (IllegalStateException queueFullOrClosed) {
            // Asked again with the next offer, if the link still lives then.
            answer = null;
        }
    }

    /** @throws IOException if the stream could not be looked up: then a new epoch has to */
    void check() throws IOException {
        CompletableFuture<TargetStream> asked = answer;
        if (asked != null && asked.isCompletedExceptionally()) {
            try {
                asked.join();
            } catch (CompletionException failure) {
                throw new IOException(FailureTriage.reason(failure), failure);
            }
        }
    }

    void tell(Publisher.Outcomes outcomes) {
        try {
            check();
        } catch (IOException unknown) {
            outcomes.failed(doubted, unknown);
        }
    }

    /**
     * Waits for the stream to be looked up.
     *
     * @return false if it is not looked up at the moment
     */
    boolean await(long nanos) throws InterruptedException {
        CompletableFuture<TargetStream> asked = answer;
        if (asked == null) {
            return false;
        }
        try {
            asked.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException known) {
            // For admits and check to tell.
            return true;
        }
        return true;
    }

    private @Nullable String problem(OutboundMessage message) {
        Headers headers = message.headers();
        long size = message.payload().length + (headers == null ? 0L : headers.serializedLength());
        long limit = stream.maxMessageSize();
        if (limit > 0 && size > limit) {
            return "the message has " + size + " bytes with its headers and the stream " + stream.name() + " takes "
                    + limit + ": raise its max_msg_size";
        }
        if (!stream.takes(message.subject())) {
            return "the stream " + stream.name()
                    + " does not take the subject of this message: change subject, or the stream's subjects";
        }
        return null;
    }
}
