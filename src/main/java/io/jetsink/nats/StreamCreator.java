package io.jetsink.nats;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.StreamCreation;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the stream that is written to, if it is missing. Never changes one that exists. */
public final class StreamCreator {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCreator.class);
    private static final int STREAM_NOT_FOUND = 10059;
    private static final int NAME_IN_USE = 10058;

    private StreamCreator() {}

    /**
     * Creates the stream unless it exists.
     *
     * @param subjects what it takes if the settings say nothing
     * @param batched whether to allow fast-ingest batches
     * @param ttl whether to allow TTLs of messages
     * @param atomic whether to allow atomic batches and rollups
     * @throws StreamRefusedException if it never will
     * @throws IOException if the server does not do it, for now
     */
    public static void ensure(
            Connection connection,
            JetStreamSettings jetStream,
            String name,
            StreamCreation creation,
            List<String> subjects,
            boolean batched,
            boolean ttl,
            boolean atomic)
            throws IOException {
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
            StreamConfiguration stream = configuration(name, creation, subjects, batched, ttl, atomic);
            management.addStream(stream);
            LOG.info("stream {} was created for {}", name, stream.getSubjects());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != NAME_IN_USE) {
                throw refusal(name, e);
            }
            LOG.debug("stream {} was created by another task", name);
        }
    }

    /** Codes are those of nats-server's errors.json; what is not known here may pass. */
    private static IOException refusal(String name, JetStreamApiException cause) {
        String keys = switch (cause.getApiErrorCode()) {
            case 10052 -> "jetstream.stream.*"; // invalid configuration
            case 10065 -> StreamCreation.SUBJECTS_CONFIG; // subjects overlap with an existing stream
            case 10074 -> StreamCreation.REPLICAS_CONFIG; // replicas > 1 not supported in non-clustered mode
            case 10113, 10122 -> StreamCreation.MAX_BYTES_CONFIG; // the account requires or exceeds a limit
            default -> null;
        };
        String text = "stream " + name + " cannot be created: " + cause.getMessage();
        return keys == null
                ? new IOException(text + " (jetstream.stream.create)", cause)
                : new StreamRefusedException(text + " (see " + keys + ")", cause);
    }

    private static StreamConfiguration configuration(
            String name, StreamCreation creation, List<String> subjects, boolean batched, boolean ttl, boolean atomic) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(name)
                .subjects(subjects)
                .storageType(
                        switch (creation.storage()) {
                            case FILE -> StorageType.File;
                            case MEMORY -> StorageType.Memory;
                        })
                .replicas(creation.replicas())
                .retentionPolicy(
                        switch (creation.retention()) {
                            case LIMITS -> RetentionPolicy.Limits;
                            case INTEREST -> RetentionPolicy.Interest;
                            case WORKQUEUE -> RetentionPolicy.WorkQueue;
                        })
                .discardPolicy(
                        switch (creation.discard()) {
                            case OLD -> DiscardPolicy.Old;
                            case NEW -> DiscardPolicy.New;
                        });
        if (creation.maxAge() != null) {
            stream.maxAge(creation.maxAge());
        }
        if (creation.maxBytes() != null) {
            stream.maxBytes(creation.maxBytes());
        }
        if (creation.duplicateWindow() != null) {
            stream.duplicateWindow(creation.duplicateWindow());
        }
        if (batched) {
            stream.allowBatched();
        }
        if (ttl) {
            stream.allowMessageTtl();
        }
        if (atomic) {
            stream.allowAtomicPublish().allowRollup(true);
        }
        return stream.build();
    }
}
