package io.jetsink.tool;

import io.jetsink.message.SubjectFilter;
import io.jetsink.nats.stream.TargetStream;
import io.nats.client.ConsumeOptions;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.StreamContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.StreamState;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the messages of a connector that are in a stream at one moment, with a temporary consumer of the stream. */
final class StreamReader {
    private static final int BATCH_BYTES = 8 << 20;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration WAIT = Duration.ofSeconds(5);
    /** nats-server: "no message found". */
    private static final int NO_MESSAGE = 10037;

    private final NatsAccess nats;
    private final TargetStream stream;
    private final List<String> filters;
    private final StreamState state;
    /** Why the server ended the latest consumer, if it did. */
    private @Nullable Exception consumerEnd;

    /** @param filters subject filters of the connector */
    StreamReader(NatsAccess nats, TargetStream stream, List<String> filters) {
        this.nats = nats;
        this.stream = stream;
        this.filters = filters;
        try {
            this.state = management().getStreamInfo(stream.name()).getStreamState();
        } catch (IOException | JetStreamApiException e) {
            throw failed(e);
        }
    }

    private JetStreamManagement management() throws IOException {
        return stream.management(nats.connection(), nats.settings());
    }

    private ToolException failed(Exception cause) {
        return new ToolException(
                "stream " + stream.name() + " cannot be read: is the user allowed to publish to $JS.API.STREAM.INFO,"
                        + " $JS.API.STREAM.MSG.GET, $JS.API.CONSUMER.CREATE and $JS.API.CONSUMER.MSG.NEXT of this stream?",
                cause);
    }

    /** Returns the sequence of the first message of the stream. */
    long first() {
        return state.getFirstSequence();
    }

    /** Returns the sequence of the last message that is read. */
    long last() {
        return state.getLastSequence();
    }

    /**
     * Reads all messages in order.
     *
     * @param payloads whether payloads are needed
     */
    void read(boolean payloads, Consumer<Message> receiver, Progress progress) throws InterruptedException {
        try {
            StreamContext context =
                    nats.connection().getStreamContext(stream.name(), TargetStream.options(nats.settings()));
            long read = Math.max(0, first() - 1);
            long progressed = System.nanoTime();
            while (read < last() && hasMore(read)) {
                long before = read;
                read = readOn(context, read, payloads, receiver, progress);
                // The server may lose the consumer, for example in an election. The next one continues.
                if (read > before) {
                    progressed = System.nanoTime();
                } else if (System.nanoTime() - progressed > SILENCE.toNanos()) {
                    throw new ToolException(
                            "no message of stream " + stream.name() + " arrived after sequence " + read + " for "
                                    + SILENCE.toSeconds() + " s: run verify again",
                            consumerEnd);
                }
            }
            progress.show("Stream", 1, 1);
        } catch (IOException | JetStreamApiException e) {
            throw failed(e);
        }
    }

    /** Reads with one consumer and returns the last sequence that was read. */
    private long readOn(
            StreamContext context, long after, boolean payloads, Consumer<Message> receiver, Progress progress)
            throws IOException, JetStreamApiException, InterruptedException {
        OrderedConsumerConfiguration begin = new OrderedConsumerConfiguration()
                .deliverPolicy(DeliverPolicy.ByStartSequence)
                .startSequence(after + 1)
                .headersOnly(!payloads);
        if (filters.size() == 1) {
            // Servers before 2.10 accept one filter only. Several are applied here.
            begin.filterSubject(filters.get(0));
        }
        long read = after;
        // The largest message has to fit into a batch.
        long bytes = Math.max(BATCH_BYTES, 2 * nats.connection().getMaxPayload());
        ConsumeOptions options = ConsumeOptions.builder().batchBytes(bytes).build();
        try (IterableConsumer messages = context.createOrderedConsumer(begin).iterate(options)) {
            boolean more = true;
            while (more) {
                Message message = messages.nextMessage(WAIT);
                if (message == null) {
                    return read;
                }
                NatsJetStreamMetaData meta = message.metaData();
                if (meta.streamSequence() > last()) {
                    return last();
                }
                read = meta.streamSequence();
                if (filters.stream().anyMatch(filter -> SubjectFilter.covers(filter, message.getSubject()))) {
                    receiver.accept(message);
                }
                progress.show("Stream", read - first(), last() - first() + 1);
                more = read < last() && meta.pendingCount() > 0;
            }
        } catch (JetStreamStatusCheckedException e) {
            // "409 Consumer Deleted", and the like: the next consumer continues.
            consumerEnd = e;
        } catch (IOException | JetStreamApiException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the consumer of the stream could not be closed", e);
        }
        return read;
    }

    /** Looks the next message up at the leader: the consumer may be on a replica that is behind, or the last messages may be of other subjects. */
    private boolean hasMore(long after) throws IOException, JetStreamApiException {
        for (String filter : filters) {
            try {
                if (management()
                                .getNextMessage(stream.name(), after + 1, filter)
                                .getSeq()
                        <= last()) {
                    return true;
                }
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() != NO_MESSAGE) {
                    throw e;
                }
            }
        }
        return false;
    }
}
