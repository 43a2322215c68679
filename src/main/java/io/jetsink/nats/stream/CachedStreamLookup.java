package io.jetsink.nats.stream;

import io.jetsink.config.JetStreamSettings;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks the stream up once for each connection, whoever asks. An answer that does not come is not waited for twice either.
 *
 * <p><b>Threads.</b> Confined to one thread, the link's.
 */
public final class CachedStreamLookup {
    private final JetStreamSettings jetStream;
    private final List<String> subjects;
    private final CapturedSubjects captured;
    private final boolean subjectIsId;

    private @Nullable Connection asked;
    private @Nullable TargetStream stream;
    private @Nullable IOException failure;
    /** As of the last look-up that was answered. */
    private volatile @Nullable TargetStream latest;

    /** @param subjects filters that together cover all subjects that can be written to */
    public CachedStreamLookup(JetStreamSettings jetStream, List<String> subjects) {
        this(jetStream, subjects, false);
    }

    /**
     * @param subjects filters that together cover all subjects that can be written to
     * @param subjectIsId whether a subject is stored once ({@code message.id=subject})
     */
    public CachedStreamLookup(JetStreamSettings jetStream, List<String> subjects, boolean subjectIsId) {
        this.subjectIsId = subjectIsId;
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.captured = new CapturedSubjects(subjects, System::nanoTime);
    }

    /** The task's memory of what the stream captures. */
    public CapturedSubjects captured() {
        return captured;
    }

    /** The stream as it was looked up last; null: it never was. Any thread. */
    @Nullable
    public TargetStream latest() {
        return latest;
    }

    /** Whether a subject is stored once, so that a further message for it is a duplicate. */
    public boolean subjectIsId() {
        return subjectIsId;
    }

    public List<String> subjects() {
        return subjects;
    }

    /** The name that is configured, or null. */
    @Nullable
    public String name() {
        return jetStream.stream();
    }

    /** The stream whose acks count, by the last look-up that was answered and what is configured. Asks nobody. */
    public AckSource acks() {
        return AckSource.of(latest, jetStream.stream(), jetStream.domain());
    }

    /** The stream, and no other, as the one whose acks count. */
    public AckSource acks(TargetStream one) {
        return AckSource.of(one, one.name(), jetStream.domain());
    }

    /**
     * The stream, as it was at the opening of this connection.
     *
     * @return null if the subjects lead into several
     * @throws NoStreamException if there is none
     * @throws IOException if the server does not tell
     */
    @Nullable
    public TargetStream on(Connection connection) throws IOException {
        if (connection != asked) {
            asked = connection;
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

    /** An account mapping may lead the subjects into a stream that does not list them. */
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
            throw new IOException("interrupted while the stream was looked up", e);
        }
    }
}
