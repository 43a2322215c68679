package io.jetsink.nats.stream;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the stream if it is missing. Never changes an existing stream. */
public final class StreamCreator {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCreator.class);

    private StreamCreator() {}

    /**
     * Creates the stream unless it exists, without the features that the server does not support.
     *
     * @throws MisconfiguredException if the configuration of the stream has to change
     * @throws IOException if the server refuses the stream for a reason that may pass
     */
    public static void ensure(Connection connection, JetStreamSettings jetStream, StreamToCreate wanted)
            throws IOException {
        String name = wanted.configuration().getName();
        try {
            if (TargetStream.exists(connection, jetStream, name)) {
                return;
            }
            StreamConfiguration.Builder stream = StreamConfiguration.builder(wanted.configuration());
            wanted.features().stream()
                    .filter(feature -> feature.problem(connection.getServerInfo()) == null)
                    .forEach(feature -> feature.allowIn(stream));
            connection.jetStreamManagement(TargetStream.options(jetStream)).addStream(stream.build());
            LOG.info(
                    "stream {} was missing and has been created for {} by this task, or by another one at the same time",
                    name,
                    wanted.configuration().getSubjects());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != JetStreamErrorException.STREAM_EXISTS) {
                throw refusal(wanted, e);
            }
            LOG.debug("stream {} was created by another task", name);
        } catch (CodedException e) {
            throw e;
        } catch (IOException e) {
            throw TargetStream.unanswered(e);
        }
    }

    /**
     * Separates misconfigurations from refusals that may pass, by the codes of nats-server's errors.json. Limits of an account
     * apply to the size that streams reserve ({@code max_bytes}), not to the size in use, so a refused size stays refused.
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
            return new MisconfiguredException(ErrorCode.STREAM_NOT_CREATED, text + " (see " + mistake + ")", cause);
        }
        String doubt = switch (code) {
            case 10002, 10023, 10028, 10047 -> keys.storage() + ", " + keys.replicas();
            case 10005 -> keys.replicas() + (sized ? ", " + keys.bytes() : ""); // no servers that it could be placed on
            default -> keys.creation();
        };
        return new CodedException(ErrorCode.STREAM_NOT_CREATED, text + " (" + doubt + ")", cause);
    }
}
