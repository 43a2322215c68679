package io.jetsink.publish;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks the stream up once for each connection, whoever asks. An answer that does not come is not waited for twice either.
 *
 * <p><b>Threads.</b> Confined to one thread, the link's.
 */
final class StreamLookUp {
    private final JetStreamSettings jetStream;
    private final List<String> subjects;

    private @Nullable Connection asked;
    private @Nullable TargetStream stream;
    private @Nullable IOException failure;

    /** @param subjects filters that together cover all subjects that can be written to */
    StreamLookUp(JetStreamSettings jetStream, List<String> subjects) {
        this.jetStream = jetStream;
        this.subjects = subjects;
    }

    List<String> subjects() {
        return subjects;
    }

    /** The name that is configured, or null. */
    @Nullable
    String name() {
        return jetStream.stream();
    }

    /**
     * The stream, as it was at the opening of this connection.
     *
     * @return null if the subjects lead into several
     * @throws io.jetsink.nats.NoStreamException if there is none
     * @throws IOException if the server does not tell
     */
    @Nullable
    TargetStream on(Connection connection) throws IOException {
        if (connection != asked) {
            asked = connection;
            stream = null;
            failure = null;
            try {
                stream = TargetStream.find(connection, jetStream, subjects);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return stream;
    }
}
