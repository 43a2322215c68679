package io.jetsink.nats.stream;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks the stream up once for each connection. A failure is remembered, too, so each connection waits for a time-out only once.
 *
 * <p>Threads: confined to the supervisor's thread, except {@link #latest}.
 */
public final class CachedStreamLookup {
    private final JetStreamSettings jetStream;
    private final List<String> subjects;
    private final CapturedSubjects captured;
    private final boolean subjectIsId;

    private @Nullable Connection lookedUpOn;
    private @Nullable TargetStream stream;
    private @Nullable IOException failure;
    /** The result of the last successful look-up. */
    private volatile @Nullable TargetStream latest;

    public CachedStreamLookup(JetStreamSettings jetStream, List<String> subjects) {
        this(jetStream, subjects, false);
    }

    /**
     * @param subjects filters that together cover all subjects that records can have
     * @param subjectIsId whether a subject is stored once ({@code message.id=subject})
     */
    public CachedStreamLookup(JetStreamSettings jetStream, List<String> subjects, boolean subjectIsId) {
        this.subjectIsId = subjectIsId;
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.captured = new CapturedSubjects(subjects, System::nanoTime);
    }

    /** Returns the subjects that the stream has captured since the start of the task. */
    public CapturedSubjects captured() {
        return captured;
    }

    /** Returns the stream of the last successful look-up, or null. Any thread. */
    @Nullable
    public TargetStream latest() {
        return latest;
    }

    /** Returns whether a subject is stored once, so that another message for it is a duplicate. */
    public boolean subjectIsId() {
        return subjectIsId;
    }

    public List<String> subjects() {
        return subjects;
    }

    /** Returns {@code jetstream.stream}, or null. */
    @Nullable
    public String name() {
        return jetStream.stream();
    }

    /** Returns the stream whose acks count, from the last successful look-up and the configuration. */
    public AckSource acks() {
        return AckSource.of(latest, jetStream.stream(), jetStream.domain());
    }

    /** Returns this stream as the only one whose acks count. */
    public AckSource acks(TargetStream one) {
        return AckSource.of(one, one.name(), jetStream.domain());
    }

    /**
     * Returns the stream as it was at the first look-up over this connection.
     *
     * @return null if the subjects match several streams
     * @throws NoStreamException if the stream does not exist
     * @throws IOException if the server does not reply
     */
    @Nullable
    public TargetStream on(Connection connection) throws IOException {
        if (connection != lookedUpOn) {
            lookedUpOn = connection;
            stream = null;
            failure = null;
            try {
                stream = find(connection);
                latest = stream;
                if (stream != null) {
                    captured.listedBy(stream);
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return stream;
    }

    private @Nullable TargetStream find(Connection connection) throws IOException {
        try {
            return TargetStream.find(connection, jetStream, subjects);
        } catch (NoStreamException none) {
            TargetStream mapped = jetStream.stream() == null ? beyondLists(connection) : null;
            if (mapped == null) {
                throw none;
            }
            return mapped;
        }
    }

    /** Finds a stream that captures the subjects by a mapping of the account, without listing them. */
    private @Nullable TargetStream beyondLists(Connection connection) throws IOException {
        Probe probe = Probe.beyond(subjects);
        if (probe == null) {
            return null;
        }
        try {
            ProbeReply answer = probe.ask(connection, null);
            if (answer.kind() != ProbeReply.Kind.STREAM || answer.stream().isEmpty()) {
                return null;
            }
            captured.accept(probe.subject());
            return TargetStream.named(connection, jetStream, answer.stream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodedException(ErrorCode.NO_ANSWER, "interrupted while the stream was looked up", e);
        }
    }
}
