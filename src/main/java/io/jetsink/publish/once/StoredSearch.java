package io.jetsink.publish.once;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Searches the stream for records of a batch whose markers were removed while it was not known whether it is stored. Stored
 * records keep the batch id ({@code Nats-Batch-Id}), and lie one behind the other: a message in every few is enough to find
 * them (ADR 0022, nats-server 2.15.1).
 *
 * <p><b>Threads.</b> Begun by the task thread, goes on in the client's. Immutable.
 */
final class StoredSearch {
    private static final String ID = NatsJetStreamConstants.NATS_BATCH_ID_HDR.toLowerCase(Locale.ROOT);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of a batch's records, this many are looked for, because some may have been removed or replaced since. */
    private static final int SAMPLES = 8;

    private static final int AT_A_TIME = 64;
    /** More requests than these are too many for a guess that is wrong if one message is gone. */
    private static final long MOST = 20_000;

    private final Connection connection;
    private final String getSubject;
    private final Duration timeout;
    private final Set<String> ids;
    private final String markers;
    private final int stride;

    /**
     * @param ids under which the batch was sent
     * @param records in the batch
     * @param markers subjects of the markers, for the error
     */
    StoredSearch(
            Connection connection, String getSubject, Duration timeout, Set<String> ids, int records, String markers) {
        this.connection = connection;
        this.getSubject = getSubject;
        this.timeout = timeout;
        this.ids = Set.copyOf(ids);
        this.markers = markers;
        this.stride = Math.max(1, records / SAMPLES);
    }

    /**
     * Begins the search.
     *
     * @param infoSubject of STREAM.INFO
     * @param after stream sequence that is lower than those of the batch
     * @return whether the batch is stored; fails with an {@link IOException} if a request was not answered, and with a {@link
     *     UnrecoverableException} if the stream has too many messages since
     * @throws IllegalStateException if the connection accepts no more
     */
    CompletableFuture<Boolean> begin(String infoSubject, long after) {
        return ask(infoSubject, "").thenCompose(answer -> {
            long last = json(answer).path("state").path("last_seq").asLong();
            return (last - after) / stride > MOST ? tooMany(last - after) : from(after + 1, last);
        });
    }

    private CompletableFuture<Boolean> from(long first, long last) {
        if (first > last) {
            return CompletableFuture.completedFuture(false);
        }
        List<CompletableFuture<Boolean>> looks = new ArrayList<>();
        long next = first;
        for (int i = 0; i < AT_A_TIME && next <= last; i++) {
            looks.add(ask(getSubject, "{\"seq\":" + next + ",\"next_by_subj\":\">\"}")
                    .thenApply(this::isOfBatch));
            next += stride;
        }
        long rest = next;
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenCompose(all -> looks.stream().anyMatch(CompletableFuture::join)
                        ? CompletableFuture.completedFuture(true)
                        : from(rest, last));
    }

    private CompletableFuture<Message> ask(String subject, String request) {
        return connection
                .requestWithTimeout(subject, request.getBytes(StandardCharsets.US_ASCII), timeout)
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private boolean isOfBatch(Message answer) {
        JsonNode json = json(answer);
        int code = json.path("error").path("err_code").asInt();
        if (code == OffsetMarker.NOT_FOUND) {
            return false;
        }
        JsonNode message = json.path("message");
        if (message.isMissingNode()) {
            throw new CompletionException(new IOException("a message of the stream cannot be read: "
                    + json.path("error").path("description").asText("no answer from JetStream")));
        }
        return ids.contains(OffsetMarker.headers(message.path("hdrs").asText()).getOrDefault(ID, ""));
    }

    private static JsonNode json(Message answer) {
        try {
            if (answer.isStatusMessage()) {
                throw new IOException(String.valueOf(answer.getStatus()));
            }
            return JSON.readTree(answer.getData());
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private CompletableFuture<Boolean> tooMany(long messages) {
        return CompletableFuture.failedFuture(new UnrecoverableException("the markers " + markers
                + " were removed while the ack of a batch was outstanding, and " + messages
                + " messages were stored since, too many to search for its records: compare the stream with the topic, set"
                + " the connector's offsets (PATCH /connectors/<name>/offsets), and restart it"));
    }
}
