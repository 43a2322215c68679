package io.jetsink.publish;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.Probe;
import io.jetsink.nats.stream.ProbeReply;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server whether the stream captures a subject that the stream does not list, or that has just had no responders.
 * The question stores nothing. Only the server's answer rejects a record (ADR 0030): an account mapping may lead the subject
 * into the stream, and a stream without a leader looks like a stream that does not capture the subject.
 *
 * <p>A captured subject costs one request. Before a subject is rejected, it is probed once more, between two probes of a
 * subject that the stream is known to capture, and the stream is looked up.
 *
 * @param ahead time that data queued before a request needs
 */
public record SubjectQuestion(
        Connection connection, TargetStream stream, CapturedSubjects captured, String subject, Duration ahead) {
    /**
     * @param stream as it was looked up; null if that was not necessary
     * @param rejection why a record with this subject can never be stored; null if it may be sent
     */
    record Answer(@Nullable TargetStream stream, @Nullable String rejection) {
        private static final Answer SENT = new Answer(null, null);
    }

    /**
     * @return fails with a {@link MisconfiguredException} if the stream has stopped capturing a subject, and with another
     *     {@link IOException} if the answer is not known
     * @throws IllegalStateException if the connection accepts no request now, or is closed
     */
    CompletableFuture<Answer> ask() {
        return Probe.send(connection, subject, ahead).thenCompose(this::next);
    }

    private CompletableFuture<Answer> next(ProbeReply first) {
        if (first.isBy(stream.name())) {
            captured.accept(subject);
            return CompletableFuture.completedFuture(Answer.SENT);
        }
        if (first.kind() == ProbeReply.Kind.STRANGER) {
            // The ack of the message shows which stream stores it, if any.
            return CompletableFuture.completedFuture(Answer.SENT);
        }
        String proven = captured.sample();
        Probe guess = proven == null ? Probe.of(captured.filters(), stream) : null;
        String sample = proven != null ? proven : guess == null ? null : guess.subject();
        // The server answers a connection in order, so a stream that answers the first and the last probe was there for
        // the second one, too.
        CompletableFuture<ProbeReply> before = probe(sample);
        CompletableFuture<ProbeReply> repeated = Probe.send(connection, subject, ahead);
        CompletableFuture<ProbeReply> after = probe(sample);
        CompletableFuture<TargetStream> lookUp = stream.lookUpAgain(connection, ahead);
        return CompletableFuture.allOf(before, repeated, after).thenCombine(lookUp, (done, found) -> {
            boolean there = before.join().isBy(stream.name()) && after.join().isBy(stream.name());
            try {
                return judge(repeated.join(), there, proven, found);
            } catch (IOException unknown) {
                throw new CompletionException(unknown);
            }
        });
    }

    private CompletableFuture<ProbeReply> probe(@Nullable String sample) {
        return sample == null
                ? CompletableFuture.completedFuture(new ProbeReply(ProbeReply.Kind.SILENCE, "", null))
                : Probe.send(connection, sample, ahead);
    }

    /**
     * @param there whether the stream answered the probes around this one
     * @param proven the subject of these probes, if the stream captured it before
     */
    private Answer judge(ProbeReply answer, boolean there, @Nullable String proven, TargetStream found)
            throws IOException {
        if (answer.isBy(stream.name())) {
            captured.accept(subject);
            return new Answer(found, null);
        }
        String name = "stream " + found.name() + " ";
        if (found.captures(subject)) {
            throw new CodedException(
                    ErrorCode.NO_LEADER,
                    name + "lists the subject of a message and does not answer there: does it have a leader?");
        }
        if (answer.kind() == ProbeReply.Kind.SILENCE && !there) {
            throw new CodedException(
                    ErrorCode.NO_LEADER, "no answer from " + name + "to a message on a subject that it does not list");
        }
        if (captured.wasListed(subject)) {
            throw lost(found);
        }
        if (proven != null && !there) {
            captured.forget(proven);
            throw new MisconfiguredException(
                    ErrorCode.SUBJECT_NOT_CAPTURED,
                    name + "no longer captures the subjects of some records: restore the account's"
                            + " mappings that lead there, or change subject");
        }
        if (proven == null && !found.capturesAny(captured.filters())) {
            throw new MisconfiguredException(
                    ErrorCode.SUBJECT_NOT_CAPTURED,
                    name + "captures none of the subjects " + String.join(", ", captured.filters())
                            + ": change subject, jetstream.stream, or the stream's subjects");
        }
        captured.forget(subject);
        return new Answer(
                found,
                "the stream " + found.name() + " does not capture the subject of this message, by the server's answer:"
                        + " change subject, or the stream's subjects, or the account's mappings");
    }

    /** Returns the failure of an edited stream that has stopped listing some subjects. */
    public static MisconfiguredException lost(TargetStream stream) {
        return new MisconfiguredException(
                ErrorCode.SUBJECT_NOT_CAPTURED,
                "stream " + stream.name()
                        + " no longer captures the subjects of some records: restore its subjects with nats stream edit "
                        + stream.name() + " --subjects, or change subject");
    }
}
