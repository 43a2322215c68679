package io.jetsink.publish;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.StreamCreation;
import io.jetsink.nats.StreamCreator;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    private final boolean atomic;

    /** @param markers the markers' subjects if the strategy is exactly-once, else null */
    CreatedStream(
            PublisherFactory publishers,
            JetStreamSettings jetStream,
            StreamCreation creation,
            String name,
            String written,
            @Nullable String markers) {
        this.publishers = publishers;
        this.jetStream = jetStream;
        this.creation = creation;
        this.name = name;
        this.atomic = markers != null;
        this.subjects = new ArrayList<>(creation.subjects().isEmpty() ? List.of(written) : creation.subjects());
        if (markers != null && subjects.stream().noneMatch(subject -> StreamCreator.covers(subject, markers))) {
            subjects.add(markers);
        }
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous)
            throws IOException, InterruptedException {
        if (subjects.contains(">")) {
            throw new DefiniteException("the stream " + name + " cannot be created for all subjects there are, which is"
                    + " what subject can become: name them with jetstream.stream.subjects");
        }
        boolean batched = connection.getServerInfo().isSameOrNewerThanVersion(BATCHES);
        StreamCreator.ensure(connection, jetStream, name, creation, subjects, batched && !atomic, atomic);
        return publishers.open(connection, previous);
    }
}
