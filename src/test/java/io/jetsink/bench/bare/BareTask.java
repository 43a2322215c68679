package io.jetsink.bench.bare;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/** A task that sends the values, which must be bytes, to one subject over one connection, and fails at the first fault. */
abstract class BareTask extends SinkTask {
    /** As the connector's {@code publish.max.pending}. */
    static final int WINDOW = 4096;

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private @Nullable Connection connection;
    private String subject = "";

    @Override
    public final String version() {
        return "0";
    }

    @Override
    public final void start(Map<String, String> props) {
        configured(props);
        // The same bytes on the wire as with the connector's template.
        subject = required(props, "jetstream.stream") + ".0";
        Options options = new Options.Builder()
                .servers(required(props, "nats.servers").split(","))
                .noReconnect()
                .dontForceFlushOnRequest()
                .maxMessagesInOutgoingQueue(2 * WINDOW)
                .subjectValidationType(Options.SubjectValidationType.None)
                .noEcho()
                .build();
        try {
            Connection opened = Nats.connect(options);
            connection = opened;
            started(opened);
        } catch (IOException e) {
            throw new ConnectException("no connection", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Reads keys of the task's own. */
    void configured(Map<String, String> props) {}

    /** The connection is there. */
    abstract void started(Connection opened) throws IOException;

    @Override
    public final void stop() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    final Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("not started");
        }
        return connection;
    }

    final String subject() {
        return subject;
    }

    static ConnectException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ConnectException("interrupted", e);
    }

    static String required(Map<String, String> props, String key) {
        String value = props.get(key);
        if (value == null) {
            throw new ConnectException("no " + key);
        }
        return value;
    }
}
