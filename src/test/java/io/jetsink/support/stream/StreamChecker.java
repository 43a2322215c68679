package io.jetsink.support.stream;

import io.jetsink.support.LoadProducer;
import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.StreamContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.StreamState;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a whole stream back and says which produced record each message is. */
public final class StreamChecker {
    private static final int BATCH = 5_000;
    /** A server closes connections that read more slowly than it sends. */
    private static final long BATCH_BYTES = 16 << 20;

    /** "no message found" (nats-server errors.json). */
    private static final int NO_MESSAGE = 10037;

    private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,9}):([0-9]{1,9}):");
    private static final Duration MESSAGE_TIMEOUT = Duration.ofSeconds(30);

    private StreamChecker() {}

    /** Reads a stream of {@link LoadProducer}'s values. */
    public static StreamTally read(Connection connection, String stream) {
        return read(connection, stream, message -> position(message.getData()));
    }

    /**
     * Reads everything that is in the stream at the moment of the call.
     *
     * @param position which record a message is, or null for one that nobody produced
     */
    public static StreamTally read(
            Connection connection, String stream, Function<Message, @Nullable StreamPosition> position) {
        try {
            StreamContext context = connection.getStreamContext(stream);
            StreamState state = context.getStreamInfo().getStreamState();
            StreamTally tally = new StreamTally();
            if (state.getMsgCount() > 0) {
                long size = Math.max(1, state.getByteCount() / state.getMsgCount());
                int batch = (int) Math.max(1, Math.min(BATCH, BATCH_BYTES / size));
                readThrough(connection, context, batch, state.getLastSequence(), position, tally);
            }
            return tally;
        } catch (IOException | JetStreamApiException e) {
            throw new IllegalStateException("Stream " + stream + " cannot be read back", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while reading stream " + stream, e);
        } catch (Exception e) {
            throw new IllegalStateException("Reading stream " + stream + " did not end cleanly", e);
        }
    }

    private static void readThrough(
            Connection connection,
            StreamContext context,
            int batch,
            long last,
            Function<Message, @Nullable StreamPosition> position,
            StreamTally tally)
            throws Exception {
        ConsumeOptions options = ConsumeOptions.builder().batchSize(batch).build();
        long read = 0;
        long progress = System.nanoTime();
        boolean more = true;
        Exception end = null;
        while (more) {
            var begin = new OrderedConsumerConfiguration()
                    .deliverPolicy(DeliverPolicy.ByStartSequence)
                    .startSequence(read + 1);
            try (IterableConsumer messages =
                    context.createOrderedConsumer(begin).iterate(options)) {
                Message message = messages.nextMessage(MESSAGE_TIMEOUT);
                while (message != null) {
                    NatsJetStreamMetaData meta = message.metaData();
                    if (!isMarker(message)) {
                        add(tally, meta, position.apply(message));
                    }
                    read = meta.streamSequence();
                    progress = System.nanoTime();
                    more = read < last
                            && (meta.pendingCount() > 0 || hasMoreBehind(connection, context.getStreamName(), read));
                    message = more ? messages.nextMessage(MESSAGE_TIMEOUT) : null;
                }
            } catch (JetStreamStatusCheckedException e) {
                end = e;
            }
            // A consumer that its server has lost, as after an election, ends with null or with a status, and at once.
            if (more && System.nanoTime() - progress > MESSAGE_TIMEOUT.toNanos()) {
                throw new IllegalStateException(
                        "No message for " + MESSAGE_TIMEOUT + " behind sequence " + read + " of " + last, end);
            }
        }
    }

    /**
     * Asks the stream's leader. The consumer may live on a replica that lags, and then nothing is pending for it before the
     * end; or the last messages were deleted.
     */
    private static boolean hasMoreBehind(Connection connection, String stream, long sequence)
            throws IOException, InterruptedException {
        String request = "{\"seq\":" + (sequence + 1) + ",\"next_by_subj\":\">\"}";
        Message answer = connection.request(
                "$JS.API.STREAM.MSG.GET." + stream, request.getBytes(StandardCharsets.US_ASCII), MESSAGE_TIMEOUT);
        if (answer == null) {
            throw new IOException("The leader of " + stream + " does not answer");
        }
        String text = new String(answer.getData(), StandardCharsets.UTF_8);
        if (text.contains("\"err_code\":" + NO_MESSAGE)) {
            return false;
        }
        if (!text.contains("\"message\"")) {
            throw new IOException(
                    "The leader of " + stream + " says neither what follows nor that nothing does: " + text);
        }
        return true;
    }

    /** Exactly-once keeps Kafka offsets in messages of their own beside the records. */
    private static boolean isMarker(Message message) {
        return message.hasHeaders() && message.getHeaders().containsKey("Jetsink-Marker");
    }

    private static void add(StreamTally tally, NatsJetStreamMetaData meta, @Nullable StreamPosition found) {
        if (found == null) {
            tally.addForeign(meta.streamSequence());
        } else {
            tally.add(new StreamEntry(
                    found.partition(),
                    found.sequence(),
                    meta.streamSequence(),
                    meta.timestamp().toInstant()));
        }
    }

    /** Reads {@code <partition>:<sequence>:} from the front of a value, or null if it does not begin so. */
    static @Nullable StreamPosition position(byte[] value) {
        Matcher numbers = NUMBERS.matcher(new String(value, 0, Math.min(value.length, 20), StandardCharsets.US_ASCII));
        return numbers.lookingAt()
                ? new StreamPosition(Integer.parseInt(numbers.group(1)), Long.parseLong(numbers.group(2)))
                : null;
    }
}
