package io.jetsink.publish;

import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.ListedSubjects;
import io.jetsink.nats.stream.TargetStream;
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
 * Messages that the stream may refuse by its configuration, in one epoch. The configuration is remembered, and may have been
 * edited since; so no message is condemned before the server was asked, and that after the message was first offered: for its
 * size by the stream's {@code max_msg_size} of now (ADR 0013), for its subject by a probe (ADR 0030).
 *
 * <p><b>Threads.</b> Confined to the task thread, on which only {@link #await} waits.
 */
public final class StreamAdmission {
    private static final long NONE = -1;

    private final LongSupplier ahead;
    private TargetStream stream;
    private ListedSubjects listed;
    private final CapturedSubjects captured;
    private final boolean each;
    private final boolean subjectIsId;
    /** The message that the server is asked about. */
    private long doubted = NONE;
    /** The message that may be sent, as nothing is known against its subject. */
    private long admitted = NONE;

    private @Nullable CompletableFuture<SubjectQuestion.Answer> answer;

    /**
     * @param stream as it was at the opening of the epoch
     * @param captured what the task has learnt of the stream so far
     * @param each whether each subject that the stream does not list is asked about; else one of a filter stands for all
     * @param subjectIsId whether a further message for a subject is a duplicate
     * @param ahead nanoseconds that what is queued before a request needs
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
     * @param position where the message stands in the ring
     * @return false while it is not known: the message is to be offered again, and nothing behind it meanwhile
     * @throws RejectedRecordException if the stream, as it is now, cannot store the message
     */
    public boolean admits(long position, OutboundMessage message, Connection connection) {
        boolean fits = excess(message) == null;
        if (fits && (captures(message.subject()) || position == admitted)) {
            return true;
        }
        CompletableFuture<SubjectQuestion.Answer> asked = position == doubted ? answer : null;
        if (asked == null) {
            ask(position, fits ? message.subject() : null, connection);
            return false;
        }
        if (!asked.isDone() || asked.isCompletedExceptionally()) {
            return false;
        }
        SubjectQuestion.Answer known = asked.join();
        forgetQuestion();
        if (known.stream() != null) {
            lookedUp(known.stream());
        }
        String problem = fits ? known.rejection() : excess(message);
        if (problem != null) {
            throw new RejectedRecordException(problem);
        }
        if (fits) {
            admitted = position;
        }
        // Behind its size comes its subject.
        return fits || captures(message.subject());
    }

    private void lookedUp(TargetStream found) {
        stream = found;
        listed = new ListedSubjects(found.configuration().getSubjects());
        captured.listedBy(found);
    }

    private boolean captures(String subject) {
        return listed.include(subject) || captured.trusts(subject, each);
    }

    /** @param subject that is in doubt, or null for the size */
    private void ask(long position, @Nullable String subject, Connection connection) {
        try {
            Duration queued = Duration.ofNanos(ahead.getAsLong());
            answer = subject == null
                    ? stream.lookUpAgain(connection, queued).thenApply(found -> new SubjectQuestion.Answer(found, null))
                    : SubjectQuestion.ask(connection, stream, captured, subject, queued);
            doubted = position;
        } catch (IllegalStateException queueFullOrClosed) {
            // Asked again with the next offer, if the link still lives then.
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
     * Asks about the subject of a message that was sent before; {@link #check} fails if the stream captures it no more.
     *
     * @return false if the connection accepts no request at the moment
     */
    public boolean doubt(String subject, Connection connection) {
        ask(NONE, subject, connection);
        return answer != null;
    }

    /** Whether the stream has the message already, by its subject (ADR 0029). */
    public boolean isDuplicate(Throwable failure) {
        return subjectIsId && FailureTriage.isSubjectFull(failure);
    }

    /** Nobody captured a message: that others of its filter are captured proves nothing for a while. */
    public void distrust() {
        captured.distrust();
    }

    /** @throws IOException if the server did not answer: then a new epoch has to */
    public void check() throws IOException {
        CompletableFuture<?> asked = answer;
        if (asked != null && asked.isCompletedExceptionally()) {
            try {
                asked.join();
            } catch (CompletionException failure) {
                throw new IOException(FailureTriage.reason(failure), failure);
            }
        }
    }

    public void tell(Publisher.Outcomes outcomes) {
        try {
            check();
        } catch (IOException unknown) {
            outcomes.epochFailed(unknown);
        }
    }

    /**
     * Waits for the server's answer.
     *
     * @return false if nothing is asked at the moment
     */
    public boolean await(long nanos) throws InterruptedException {
        CompletableFuture<?> asked = answer;
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

    private @Nullable String excess(OutboundMessage message) {
        Headers headers = message.headers();
        long size = message.payload().length + (headers == null ? 0L : headers.serializedLength());
        long limit = stream.maxMessageSize();
        return limit > 0 && size > limit
                ? "the message has " + size + " bytes with its headers and the stream " + stream.name() + " takes "
                        + limit + ": raise its max_msg_size"
                : null;
    }
}
