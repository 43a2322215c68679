package io.jetsink.publish;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.ListedSubjects;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides, for one epoch, whether the stream would store a message. The stream's configuration is cached and may have been
 * edited since. A message is therefore rejected only after a request to the server that was sent after the message was first
 * offered: for its size by the current {@code max_msg_size} (ADR 0013), for its subject by a probe (ADR 0030).
 *
 * <p><b>Threads.</b> Confined to the task thread. Only {@link #await} waits.
 */
public final class StreamAdmission {
    private static final long NONE = -1;

    private final LongSupplier ahead;
    private TargetStream stream;
    private ListedSubjects listed;
    private final CapturedSubjects captured;
    private final boolean each;
    private final boolean subjectIsId;
    /** Position of the message that the open question is about. */
    private long doubted = NONE;
    /** Position of the message whose subject was found to be captured. */
    private long admitted = NONE;

    private @Nullable CompletableFuture<SubjectQuestion.Answer> answer;

    /**
     * @param stream as it was when the epoch was opened
     * @param each whether each subject that the stream does not list is probed; otherwise one of a filter represents all
     * @param subjectIsId whether a further message for a subject is a duplicate
     * @param ahead nanoseconds that data queued before a request needs
     */
    public StreamAdmission(
            TargetStream stream, CapturedSubjects captured, boolean each, boolean subjectIsId, LongSupplier ahead) {
        this.subjectIsId = subjectIsId;
        this.ahead = ahead;
        this.stream = stream;
        this.listed = new ListedSubjects(stream.configuration().getSubjects());
        this.captured = captured;
        this.each = each;
        captured.listedBy(stream);
    }

    /**
     * Returns whether a message may be sent.
     *
     * @return false while that is not known: the message is to be offered again, and no message behind it meanwhile
     * @throws RejectedRecordException if the stream, as it is now, cannot store the message
     */
    public boolean admits(long position, OutboundMessage message, Connection connection) {
        boolean fits = excess(message) == null;
        if (fits && (captures(message.subject()) || position == admitted)) {
            return true;
        }
        CompletableFuture<SubjectQuestion.Answer> pending = position == doubted ? answer : null;
        if (pending == null) {
            ask(position, fits ? message.subject() : null, connection);
            return false;
        }
        if (!pending.isDone() || pending.isCompletedExceptionally()) {
            return false;
        }
        SubjectQuestion.Answer known = pending.join();
        forgetQuestion();
        TargetStream found = known.stream();
        if (found != null) {
            stream = found;
            listed = new ListedSubjects(found.configuration().getSubjects());
            captured.listedBy(found);
        }
        String problem = fits ? known.rejection() : excess(message);
        if (problem != null) {
            throw new RejectedRecordException(fits ? ErrorCode.NO_STREAM_FOR_SUBJECT : ErrorCode.TOO_LARGE, problem);
        }
        if (fits) {
            admitted = position;
        }
        // The subject is checked after the size.
        return fits || captures(message.subject());
    }

    private boolean captures(String subject) {
        return listed.include(subject) || captured.trusts(subject, each);
    }

    /** @param subject in doubt, or null if the size is */
    private void ask(long position, @Nullable String subject, Connection connection) {
        try {
            Duration queued = Duration.ofNanos(ahead.getAsLong());
            answer = subject == null
                    ? stream.lookUpAgain(connection, queued).thenApply(found -> new SubjectQuestion.Answer(found, null))
                    : new SubjectQuestion(connection, stream, captured, subject, queued).ask();
            doubted = position;
        } catch (IllegalStateException queueFullOrClosed) {
            // Asked at the next offer, if the connection is open then.
            forgetQuestion();
        }
    }

    private void forgetQuestion() {
        doubted = NONE;
        answer = null;
    }

    /** Whether the stream lists this subject. */
    public boolean isListed(String subject) {
        return listed.include(subject);
    }

    /**
     * Asks about the subject of a message that was sent before; {@link #check} fails if the stream has stopped capturing it.
     *
     * @return false if the connection accepts no request now
     */
    public boolean doubt(String subject, Connection connection) {
        ask(NONE, subject, connection);
        return answer != null;
    }

    /** Whether the failure shows that the stream has the message, by its subject (ADR 0029). */
    public boolean isDuplicate(Throwable failure) {
        return subjectIsId && FailureTriage.isSubjectFull(failure);
    }

    /** Notes that no stream captured a message: for a while, one subject of a filter does not represent the others. */
    public void distrust() {
        captured.distrust();
    }

    /** @throws IOException if a question was not answered: a new epoch has to ask again */
    public void check() throws IOException {
        CompletableFuture<?> pending = answer;
        if (pending != null && pending.isCompletedExceptionally()) {
            try {
                pending.join();
            } catch (CompletionException failure) {
                throw new IOException(FailureTriage.describe(failure), failure);
            }
        }
    }

    /** Fails the epoch if a question was not answered. */
    public void report(Publisher.Outcomes outcomes) {
        try {
            check();
        } catch (IOException unknown) {
            outcomes.epochFailed(unknown);
        }
    }

    /** Waits for the answer. @return false if there is no question */
    public boolean await(long nanos) throws InterruptedException {
        return Futures.await(answer, nanos);
    }

    private @Nullable String excess(OutboundMessage message) {
        long size = message.limitedSize();
        long limit = stream.maxMessageSize();
        return limit > 0 && size > limit
                ? "the message has " + size + " bytes with its headers and the stream " + stream.name() + " accepts "
                        + limit + ": raise its max_msg_size"
                : null;
    }
}
