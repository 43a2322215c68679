package io.jetsink.nats.stream;

import io.jetsink.config.JetStreamSettings;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the stream that is written to, if it is missing. Never changes one that exists. */
public final class StreamCreator {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCreator.class);
    private static final int STREAM_NOT_FOUND = 10059;
    private static final int NAME_IN_USE = 10058;
    /** From here on servers know fast-ingest batches. */
    private static final String BATCHES = "2.14.0";
    /** From here on they know TTLs of messages. */
    private static final String MESSAGE_TTL = "2.11.0";

    private StreamCreator() {}

    /**
     * Creates the stream unless it exists. What the server does not know is left out.
     *
     * @throws StreamRefusedException if it never will
     * @throws IOException if the server does not do it, for now
     */
    public static void ensure(Connection connection, JetStreamSettings jetStream, StreamToCreate wanted)
            throws IOException {
        String name = wanted.configuration().getName();
        try {
            JetStreamManagement management = connection.jetStreamManagement(TargetStream.options(jetStream));
            try {
                management.getStreamInfo(name);
                return;
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() != STREAM_NOT_FOUND) {
                    throw e;
                }
            }
            StreamConfiguration stream = known(wanted.configuration(), connection.getServerInfo());
            management.addStream(stream);
            LOG.info("stream {} was created for {}", name, stream.getSubjects());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != NAME_IN_USE) {
                throw refusal(wanted, e);
            }
            LOG.debug("stream {} was created by another task", name);
        }
    }

    private static StreamConfiguration known(StreamConfiguration wanted, ServerInfo server) {
        return StreamConfiguration.builder(wanted)
                .allowBatched(wanted.getAllowBatched() && server.isSameOrNewerThanVersion(BATCHES))
                .allowMessageTtl(wanted.isAllowMessageTtl() && server.isSameOrNewerThanVersion(MESSAGE_TTL))
                .build();
    }

    /**
     * Separates misconfigurations from refusals that may pass. The codes are those of nats-server's errors.json. Limits of the
     * account are compared with what streams reserve ({@code max_bytes}), not with what they hold, so a size that does not
     * fit never will by itself.
     */
    static IOException refusal(StreamToCreate wanted, JetStreamApiException cause) {
        StreamToCreate.Keys keys = wanted.keys();
        boolean sized = wanted.configuration().getMaxBytes() > 0;
        int code = cause.getApiErrorCode();
        String text = "stream " + wanted.configuration().getName() + " cannot be created: " + cause.getMessage();
        String mistake = switch (code) {
            case 10052 -> keys.all(); // invalid configuration
            case 10065 -> keys.subjects(); // subjects overlap with an existing stream
            case 10074, 10120 -> keys.replicas(); // no cluster; no limits of the account for this many replicas
            case 10113, 10122 -> keys.bytes(); // the account requires or exceeds a limit
            case 10027 ->
                keys.name() + " to write to an existing one, or raise the account's limit"; // too many streams
            case 10002, 10047 -> sized ? keys.bytes() : null; // account, storage
            case 10028 -> sized ? keys.bytes() + ", " + keys.storage() : null; // memory
            default -> null;
        };
        if (mistake != null) {
            return new StreamRefusedException(text + " (see " + mistake + ")", cause);
        }
        String doubt = switch (code) {
            case 10002, 10023, 10028, 10047 -> keys.storage() + ", " + keys.replicas();
            case 10005 -> keys.replicas() + (sized ? ", " + keys.bytes() : ""); // no servers that it could be placed on
            default -> keys.creation();
        };
        return new IOException(text + " (" + doubt + ")", cause);
    }
}
