package io.jetsink.publish.once;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.StreamRequests;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Reads offset markers from the leader of the stream, and writes single ones, over one connection. Any thread may use it;
 * futures complete on a thread of the connection.
 */
record MarkerStore(Connection connection, StreamRequests requests, TargetStream stream, Supplier<Duration> timeout) {
    private static final byte[] EMPTY = {};

    /**
     * @return the offset marker of a subject; fails if JetStream did not return it, or if it is not an offset marker
     * @throws IllegalStateException if the connection accepts no more
     */
    CompletableFuture<OffsetMarker> read(String subject) {
        return StoredMessage.request(
                connection, stream.messageGetSubject(), StoredMessage.last(subject), timeout.get(), OffsetMarker::read);
    }

    /**
     * Writes an offset marker in place of the one at its sequence.
     *
     * @return the new sequence; fails with the refusal
     * @throws IllegalStateException if the connection accepts no more
     */
    CompletableFuture<Long> write(String subject, OffsetMarker marker) {
        return requests.store(subject, marker.headers(marker.sequence(), stream.allowsTtl()), EMPTY)
                .orTimeout(timeout.get().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for the subjects that match a filter and have a message. */
    Set<String> subjects(JetStreamSettings settings, String filter) throws IOException, JetStreamApiException {
        return stream.management(connection, settings)
                .getStreamInfo(stream.name(), StreamInfoOptions.filterSubjects(filter))
                .getStreamState()
                .getSubjectMap()
                .keySet();
    }

    /** Waits for the offset marker of a subject. */
    OffsetMarker await(String subject) throws IOException, InterruptedException {
        try {
            return read(subject).get();
        } catch (ExecutionException | CancellationException e) {
            if (e.getCause() instanceof IOException refusal) {
                throw refusal;
            }
            throw new CodedException(ErrorCode.NO_ANSWER, "no answer from " + stream.messageGetSubject(), e);
        }
    }

    /** Writes an offset marker with this offset in place of another one, and waits for the ack. */
    void replace(String subject, OffsetMarker found, long offset, String owner)
            throws IOException, InterruptedException {
        try {
            write(subject, OffsetMarker.set(offset, found.sequence(), owner)).get();
        } catch (ExecutionException | CancellationException e) {
            throw new IOException("the offset marker " + subject + " is not acked: " + FailureTriage.describe(e), e);
        }
    }
}
