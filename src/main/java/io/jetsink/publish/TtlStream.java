package io.jetsink.publish;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.MessageSettings;
import io.jetsink.nats.TargetStream;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A strategy whose messages may have TTLs of their own ({@code message.ttl.ms}, {@code message.ttl.header}). Looks first
 * whether the stream takes such messages: one that does not refuses each of them, and an old server keeps them for ever.
 */
final class TtlStream implements PublisherFactory {
    private static final Logger LOG = LoggerFactory.getLogger(TtlStream.class);
    private static final String KEYS = MessageSettings.TTL_CONFIG + ", " + MessageSettings.TTL_HEADER_CONFIG + ": ";
    private static final String SERVER = "2.11.0";
    /** So often a look-up may stay without an answer: the user may not be allowed to ask, and need not be. */
    private static final int PATIENCE = 3;

    private final String name;
    private final PublisherFactory publishers;
    private final JetStreamSettings jetStream;
    private final List<String> subjects;
    private boolean known;
    private int silent;

    /**
     * @param name of the task, for log lines
     * @param subjects filters that together cover all subjects that can be written to
     */
    TtlStream(String name, PublisherFactory publishers, JetStreamSettings jetStream, List<String> subjects) {
        this.name = name;
        this.publishers = publishers;
        this.jetStream = jetStream;
        this.subjects = subjects;
    }

    /** Whether the server that is connected to knows TTLs of messages. */
    static boolean isKnownTo(Connection connection) {
        return connection.getServerInfo().isSameOrNewerThanVersion(SERVER);
    }

    @Override
    public Publisher open(Connection connection, @Nullable Publisher previous)
            throws IOException, InterruptedException {
        if (silent < PATIENCE) {
            check(connection);
        }
        return publishers.open(connection, previous);
    }

    private void check(Connection connection) throws IOException {
        TargetStream stream;
        try {
            stream = TargetStream.find(connection, jetStream, subjects);
        } catch (IOException e) {
            // A stream that was there is without a leader for now.
            if (known || ++silent < PATIENCE) {
                throw e;
            }
            LOG.warn(
                    "{}: whether the stream allows TTLs of messages cannot be looked up ({}); if it does not, the task fails"
                            + " at the first one",
                    name,
                    e.getMessage());
            return;
        }
        known = stream != null;
        silent = 0;
        // A stream that has the flag is proof enough: the server connected to may only be on the way to it.
        if (stream != null && stream.allowsTtl()) {
            return;
        }
        if (!isKnownTo(connection)) {
            throw new MistakeException(KEYS + "nats-server "
                    + connection.getServerInfo().getVersion() + " knows no TTLs of messages: it takes 2.11 or later");
        }
        if (stream != null) {
            throw new MistakeException(
                    KEYS + "stream " + stream.name() + " does not allow TTLs of messages: " + cure(stream.name()));
        }
    }

    /** What mends a stream that does not allow them. */
    static String cure(String stream) {
        return "nats stream edit " + stream + " --allow-msg-ttl";
    }
}
