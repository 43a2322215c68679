package io.jetsink.publish.objects;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.ApiRequest;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.OutageException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.PurgeOptions;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import io.nats.client.support.NatsObjectStoreUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * An object store over one connection: a stream that has the chunks of an object on one subject, and the object's meta message
 * on another (ADR-20 of NATS).
 *
 * <p>Threads: any.
 *
 * @param timeout of each request
 */
record ObjectBucket(
        Connection connection, JetStreamSettings settings, String name, TargetStream stream, Duration timeout) {
    /**
     * The meta message of an object.
     *
     * @param sequence of the meta message in the stream, or 0 if the object does not exist
     * @param id of the chunks
     * @param size of the object in bytes
     * @param digest of the object
     */
    record Stored(long sequence, String id, long size, String digest) {}

    /** Looks a bucket up. Returns null if it does not exist. */
    static @Nullable ObjectBucket find(Connection connection, JetStreamSettings settings, String name, Duration timeout)
            throws IOException {
        try {
            String stream = NatsObjectStoreUtil.toStreamName(name);
            return new ObjectBucket(
                    connection, settings, name, TargetStream.named(connection, settings, stream), timeout);
        } catch (IOException e) {
            if (e.getCause() instanceof JetStreamApiException refused) {
                if (refused.getApiErrorCode() == JetStreamErrorException.STREAM_NOT_FOUND) {
                    return null;
                }
                throw failed("looked up", refused);
            }
            throw e;
        }
    }

    /** Returns the number of bytes of an object in one message. */
    int chunkSize() {
        long limit = Math.min(NatsObjectStoreUtil.DEFAULT_CHUNK_SIZE, connection.getMaxPayload());
        long own = stream.maxMessageSize();
        return (int) (own > 0 ? Math.min(own, limit) : limit);
    }

    /**
     * Returns a new id for the chunks of an object. All ids of an object begin with the same token, so that the chunks of
     * interrupted attempts can be found.
     *
     * @param object name of ASCII characters
     */
    static String newId(String object) {
        return token(object) + "." + NUID.nextGlobal();
    }

    String chunkSubject(String id) {
        return NatsObjectStoreUtil.toChunkPrefix(name) + id;
    }

    String metaSubject(String object) {
        return NatsObjectStoreUtil.toMetaPrefix(name) + token(object);
    }

    private static String token(String object) {
        return Base64.getUrlEncoder().encodeToString(object.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads the meta message of an object from the leader of the stream. A deleted object has a sequence only.
     *
     * @param ahead time that messages queued before the request need
     */
    Stored lookUp(String object, Duration ahead) throws IOException, InterruptedException {
        // Names are encoded: a subject has neither quotes nor backslashes.
        byte[] request = ("{\"last_by_subj\":\"" + metaSubject(object) + "\"}").getBytes(StandardCharsets.US_ASCII);
        Message reply = await(ApiRequest.send(connection, stream.messageGetSubject(), request, timeout.plus(ahead)));
        MessageInfo message = new MessageInfo(reply, stream.name(), false);
        if (message.hasError() && message.getApiErrorCode() != JetStreamErrorException.MESSAGE_NOT_FOUND) {
            throw new CodedException(
                    ErrorCode.OBJECT_STORE,
                    "the object store " + name + " cannot be read: " + message.getDescription() + " ["
                            + message.getApiErrorCode() + "]");
        }
        ObjectInfo meta = message.hasError() ? null : new ObjectInfo(message);
        String id = meta == null || meta.isDeleted() ? null : meta.getNuid();
        return meta == null || id == null
                ? new Stored(Math.max(0, message.getSeq()), "", -1, "")
                : new Stored(message.getSeq(), id, meta.getSize(), String.valueOf(meta.getDigest()));
    }

    private Message await(Future<Message> request) throws CodedException, InterruptedException {
        try {
            Message reply = request.get();
            if (!reply.isStatusMessage()) {
                return reply;
            }
        } catch (ExecutionException | CancellationException unanswered) {
            throw new CodedException(
                    ErrorCode.OBJECT_STORE, "no answer from " + stream.messageGetSubject(), unanswered);
        }
        throw new CodedException(ErrorCode.OBJECT_STORE, "no answer from " + stream.messageGetSubject());
    }

    /** Removes the chunks of other attempts at an object that were stored before it; later ones may replace it. */
    void purgeStaleChunks(String object, Stored stored) throws IOException {
        try {
            JetStreamManagement management = stream.management(connection, settings);
            StreamInfoOptions attempts = StreamInfoOptions.filterSubjects(chunkSubject(token(object)) + ".*");
            for (Subject attempt : management
                    .getStreamInfo(stream.name(), attempts)
                    .getStreamState()
                    .getSubjects()) {
                if (!attempt.getName().equals(chunkSubject(stored.id()))) {
                    management.purgeStream(
                            stream.name(),
                            PurgeOptions.builder()
                                    .subject(attempt.getName())
                                    .sequence(stored.sequence())
                                    .build());
                }
            }
        } catch (JetStreamApiException e) {
            throw failed("cleaned", e);
        }
    }

    private static IOException failed(String operation, JetStreamApiException cause) {
        return new OutageException(
                ErrorCode.OBJECT_STORE,
                "the object store cannot be " + operation + ": " + cause.getErrorDescription() + " ["
                        + cause.getApiErrorCode() + "]",
                cause);
    }
}
