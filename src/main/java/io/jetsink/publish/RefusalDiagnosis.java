package io.jetsink.publish;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.Connection;
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
 * Messages of one epoch that were not acked, each for itself, and what that means. A message that nothing was subscribed to
 * has a subject that no stream captures, or a stream without a leader: the server is asked which (ADR 0030), one message at
 * a time. With {@code message.id=subject} the refusal of a further message for a subject is a duplicate (ADR 0029).
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
public final class RefusalDiagnosis {
    private static final String NO_RESPONDERS = "No Responders";
    private static final long NONE = -1;

    private final Connection connection;
    private final CachedStreamLookup lookUp;
    private final LongSupplier ahead;
    private long position = NONE;
    private @Nullable CompletableFuture<SubjectQuestion.Answer> answer;

    /** @param ahead nanoseconds that what is queued before a request needs */
    public RefusalDiagnosis(Connection connection, CachedStreamLookup lookUp, LongSupplier ahead) {
        this.ahead = ahead;
        this.connection = connection;
        this.lookUp = lookUp;
    }

    /**
     * Asks about a message that failed, if its failure is of this kind and the stream is known.
     *
     * @param at where the message is in the ring
     * @return whether an answer is to come
     */
    boolean isOpen(long at, String subject, IOException failure) {
        TargetStream stream = lookUp.latest();
        if (at != position && stream != null && FailureTriage.reason(failure).contains(NO_RESPONDERS)) {
            try {
                answer = SubjectQuestion.ask(
                        connection, stream, lookUp.captured(), subject, Duration.ofNanos(ahead.getAsLong()));
                position = at;
            } catch (IllegalStateException queueFullOrClosed) {
                answer = null;
            }
        }
        CompletableFuture<SubjectQuestion.Answer> asked = answer;
        return at == position && asked != null && !asked.isDone();
    }

    /** Whether the stream has the message already, by its subject. */
    boolean isDuplicate(Exception failure) {
        return lookUp.subjectIsId() && FailureTriage.isSubjectFull(failure);
    }

    /**
     * Waits for the answer.
     *
     * @return false if nothing is asked at the moment
     */
    boolean await(long nanos) throws InterruptedException {
        CompletableFuture<SubjectQuestion.Answer> asked = answer;
        if (asked == null) {
            return false;
        }
        try {
            asked.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException known) {
            // For cause to tell.
            return true;
        }
        return true;
    }

    /**
     * The reason that the answer gives.
     *
     * @param at where the message is in the ring
     * @param failure of the message, returned if nothing else is known
     */
    Exception cause(long at, IOException failure) {
        CompletableFuture<SubjectQuestion.Answer> asked = answer;
        if (asked == null || at != position) {
            return failure;
        }
        answer = null;
        position = NONE;
        try {
            String rejection = asked.join().rejection();
            return rejection == null ? failure : new RejectedRecordException(rejection);
        } catch (CompletionException unknown) {
            Throwable why = unknown.getCause();
            return why instanceof IOException known ? known : failure;
        }
    }
}
