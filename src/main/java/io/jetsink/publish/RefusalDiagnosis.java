package io.jetsink.publish;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what it means that a message was not acked. A message without responders has a subject that no stream captures,
 * or a stream without a leader: the server is asked which (ADR 0030), for one message at a time. With
 * {@code message.id=subject} the refusal of a further message for a subject is a duplicate (ADR 0029).
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
public final class RefusalDiagnosis {
    private static final String NO_RESPONDERS = "No Responders";
    private static final long NONE = -1;

    private final Connection connection;
    private final CachedStreamLookup lookUp;
    /** Nanoseconds that data queued before a request needs. */
    private final LongSupplier ahead;

    private long position = NONE;
    private @Nullable CompletableFuture<SubjectQuestion.Answer> answer;

    public RefusalDiagnosis(Connection connection, CachedStreamLookup lookUp, LongSupplier ahead) {
        this.ahead = ahead;
        this.connection = connection;
        this.lookUp = lookUp;
    }

    /** Begins a diagnosis if the message had no responders and the stream is known. @return whether an answer is due */
    boolean isOpen(long at, String subject, IOException failure) {
        TargetStream stream = lookUp.latest();
        if (at != position && stream != null && FailureTriage.describe(failure).contains(NO_RESPONDERS)) {
            try {
                Duration queued = Duration.ofNanos(ahead.getAsLong());
                answer = new SubjectQuestion(connection, stream, lookUp.captured(), subject, queued).ask();
                position = at;
            } catch (IllegalStateException queueFullOrClosed) {
                answer = null;
            }
        }
        return at == position && answer != null && !answer.isDone();
    }

    /** Whether the failure shows that the stream has the message, by its subject. */
    boolean isDuplicate(Exception failure) {
        return lookUp.subjectIsId() && FailureTriage.isSubjectFull(failure);
    }

    /** Waits for the answer. @return false if there is no question */
    boolean await(long nanos) throws InterruptedException {
        return Futures.await(answer, nanos);
    }

    /** Returns the cause that the diagnosis found, or the failure of the message if no better cause is known. */
    Exception cause(long at, IOException failure) {
        CompletableFuture<SubjectQuestion.Answer> found = answer;
        if (found == null || at != position) {
            return failure;
        }
        answer = null;
        position = NONE;
        try {
            String rejection = found.join().rejection();
            return rejection == null
                    ? failure
                    : new RejectedRecordException(ErrorCode.NO_STREAM_FOR_SUBJECT, rejection);
        } catch (CompletionException unknown) {
            return unknown.getCause() instanceof IOException known ? known : failure;
        }
    }
}
