package io.jetsink.publish;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.StreamCreation;
import io.jetsink.nats.StreamCreator;
import io.jetsink.nats.StreamRefusedException;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A strategy whose stream is created first, if it is missing ({@code jetstream.stream.create}). */
final class CreatedStream implements PublisherFactory {
    /** From here on servers know fast-ingest batches; older ones would ignore the flag. */
    private static final String BATCHES = "2.14.0";

    private final PublisherFactory publishers;
    private final JetStreamSettings jetStream;
    private final StreamCreation creation;
    private final String name;
    private final List<String> subjects;
    private final boolean batched;
    private final boolean atomic;

    /**
     * @param written filters that together cover all subjects that can be written to
     * @param batched whether the strategy makes use of fast-ingest batches
     * @param markers the markers' subjects if the strategy is exactly-once, else null
     */
    CreatedStream(
            PublisherFactory publishers,
            JetStreamSettings jetStream,
            StreamCreation creation,
            List<String> written,
            boolean batched,
            @Nullable String markers) {
        this.publishers = publishers;
        this.jetStream = jetStream;
        this.creation = creation;
        this.name = Objects.requireNonNull(jetStream.stream());
        this.batched = batched;
        this.atomic = markers != null;
        this.subjects = new ArrayList<>(creation.subjects().isEmpty() ? written : creation.subjects());
        if (markers != null && subjects.stream().noneMatch(subject -> TargetStream.covers(subject, markers))) {
            subjects.add(markers);
        }
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous)
            throws IOException, InterruptedException {
        if (atomic) {
            ExactlyOnceMode.checkServer(connection);
        }
        boolean known = connection.getServerInfo().isSameOrNewerThanVersion(BATCHES);
        try {
            StreamCreator.ensure(connection, jetStream, name, creation, subjects, batched && known, atomic);
        } catch (StreamRefusedException e) {
            throw new MistakeException(String.valueOf(e.getMessage()), e);
        }
        return publishers.open(connection, previous);
    }
}
