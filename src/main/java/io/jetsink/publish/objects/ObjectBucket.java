package io.jetsink.publish.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.OutageException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An object store over one connection: a stream with the chunks of each object below one subject, and a message that says
 * what they make up on another (ADR-20 of NATS). Any thread.
 */
public final class ObjectBucket {
    private static final int STREAM_NOT_FOUND = 10059;
    private static final int MESSAGE_NOT_FOUND = 10037;
    private static final int CHUNK = 128 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Connection connection;
    private final JetStreamSettings settings;
    private final String name;
    private final StreamConfiguration stream;
    private final Duration timeout;

    private ObjectBucket(
            Connection connection,
            JetStreamSettings settings,
            String name,
            StreamConfiguration stream,
            Duration timeout) {
        this.connection = connection;
        this.settings = settings;
        this.name = name;
        this.stream = stream;
        this.timeout = timeout;
    }

    /**
     * What a bucket tells of an object.
     *
     * @param sequence where that stands in the bucket's stream; 0: there is no such object
     * @param id of its chunks
     * @param size in bytes
     * @param digest of its bytes
     */
    public record Stored(long sequence, String id, long size, String digest) {
        private static final Stored NOTHING = new Stored(0, "", -1, "");
    }

    /**
     * Looks the bucket up.
     *
     * @param timeout how long an answer may take
     * @return null if there is none
     * @throws IOException if the server does not tell
     */
    public static @Nullable ObjectBucket find(
            Connection connection, JetStreamSettings settings, String name, Duration timeout) throws IOException {
        try {
            JetStreamManagement management = connection.jetStreamManagement(TargetStream.options(settings));
            StreamConfiguration stream =
                    management.getStreamInfo(streamOf(name)).getConfiguration();
            return new ObjectBucket(connection, settings, name, stream, timeout);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == STREAM_NOT_FOUND) {
                return null;
            }
            throw failed("looked up", e);
        }
    }

    private static String streamOf(String bucket) {
        return "OBJ_" + bucket;
    }

    public String name() {
        return name;
    }

    /** The stream that holds the bucket. */
    public String stream() {
        return stream.getName();
    }

    /** Completes "the object store …" with why nothing can be stored in it; null: nothing is wrong. */
    public @Nullable String problem() {
        if (stream.getSealed()) {
            return "is sealed";
        }
        if (!stream.getAllowRollup()) {
            return "does not allow rollups: nats stream edit " + stream.getName() + " --allow-rollup";
        }
        return null;
    }

    /** How many bytes of an object go into one message. */
    public int chunkSize() {
        long limit = Math.min(CHUNK, connection.getMaxPayload());
        long own = stream.getMaximumMessageSize();
        return (int) (own > 0 ? Math.min(own, limit) : limit);
    }

    /**
     * A new id for the chunks of an object. All of an object begin with the same token, so that those of attempts that
     * came to nothing are found again.
     *
     * @param object its name, of ASCII
     */
    public static String newId(String object) {
        return token(object) + "." + NUID.nextGlobal();
    }

    /** Where the chunks of an object are published to. */
    public String chunkSubject(String id) {
        return "$O." + name + ".C." + id;
    }

    /** Where it is published what an object is. Its name must hold nothing but ASCII. */
    public String metaSubject(String object) {
        return "$O." + name + ".M." + token(object);
    }

    private static String token(String object) {
        return Base64.getUrlEncoder().encodeToString(object.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * What the bucket's leader has of this object; nothing of one that was deleted but its sequence.
     *
     * @param ahead time that what is queued before the request needs
     */
    public Stored look(String object, Duration ahead) throws IOException, InterruptedException {
        // Names are encoded: a subject holds neither quotes nor backslashes.
        byte[] request = ("{\"last_by_subj\":\"" + metaSubject(object) + "\"}").getBytes(StandardCharsets.US_ASCII);
        String getSubject = TargetStream.options(settings).getPrefix() + "STREAM.MSG.GET." + stream.getName();
        Message answer = connection.request(getSubject, request, timeout.plus(ahead));
        if (answer == null || answer.isStatusMessage()) {
            throw new IOException("no answer from " + getSubject);
        }
        JsonNode json = JSON.readTree(answer.getData());
        int error = json.path("error").path("err_code").asInt();
        if (error == MESSAGE_NOT_FOUND) {
            return Stored.NOTHING;
        }
        if (json.has("error")) {
            throw new IOException("the object store " + name + " cannot be read: "
                    + json.path("error").path("description").asText() + " [" + error + "]");
        }
        long sequence = json.path("message").path("seq").asLong();
        JsonNode meta = JSON.readTree(
                Base64.getDecoder().decode(json.path("message").path("data").asText()));
        return meta.path("deleted").asBoolean()
                ? new Stored(sequence, "", -1, "")
                : new Stored(
                        sequence,
                        meta.path("nuid").asText(),
                        meta.path("size").asLong(-1),
                        meta.path("digest").asText());
    }

    /**
     * Removes the chunks of other attempts at an object. Only those that were there before it was stored: what came later
     * may be about to replace it.
     */
    public void clean(String object, Stored stored) throws IOException {
        try {
            JetStreamManagement management = connection.jetStreamManagement(TargetStream.options(settings));
            StreamInfoOptions attempts = StreamInfoOptions.filterSubjects(chunkSubject(token(object)) + ".*");
            for (Subject attempt : management
                    .getStreamInfo(stream.getName(), attempts)
                    .getStreamState()
                    .getSubjects()) {
                if (!attempt.getName().equals(chunkSubject(stored.id()))) {
                    management.purgeStream(
                            stream.getName(),
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

    private static IOException failed(String what, JetStreamApiException cause) {
        return new OutageException(
                "the object store cannot be " + what + ": " + cause.getErrorDescription() + " ["
                        + cause.getApiErrorCode() + "]",
                cause);
    }
}
