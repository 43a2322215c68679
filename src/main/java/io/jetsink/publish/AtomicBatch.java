package io.jetsink.publish;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of some partitions and, behind them, the marker of each, stored together or not at all (ADR-50; nats-server 2.12.1
 * and later). The same batch may have to be sent more than once, under another id each time, to learn whether it is stored.
 */
final class AtomicBatch {
    private static final String ID = "Nats-Batch-Id";
    private static final String SEQUENCE = "Nats-Batch-Sequence";
    private static final String COMMIT = "Nats-Batch-Commit";
    private static final byte[] EMPTY = {};

    /** A record's place in a batch. */
    record Entry(long position, OutboundMessage message, Claim claim, SinkRecord record) {}

    private final List<Entry> entries;
    /** The last record of each partition: what its marker tells. */
    private final Map<Claim, SinkRecord> lasts = new LinkedHashMap<>();

    private final List<String> attempts = new ArrayList<>();

    /** Answers to all but the last message, if they are asked for. */
    private final List<CompletableFuture<Message>> answers = new ArrayList<>();

    private boolean asking;

    AtomicBatch(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        entries.forEach(entry -> lasts.put(entry.claim(), entry.record()));
    }

    List<Entry> entries() {
        return entries;
    }

    Iterable<Claim> claims() {
        return lasts.keySet();
    }

    /** Markers included. */
    int messages() {
        return entries.size() + lasts.size();
    }

    /** Whether a marker was stored with an attempt to send this batch. */
    boolean wrote(Marker marker) {
        return attempts.contains(marker.batch());
    }

    /** Whether it was sent more than once, so that a refusal may be the answer to a copy. */
    boolean wasSentBefore() {
        return attempts.size() > 1;
    }

    /** The server tells only that a message is missing: have it answer each of the next attempt. */
    void ask() {
        asking = true;
    }

    /** The first entry whose own message was refused, by the answers so far, or -1. */
    int culprit() {
        for (int i = 0; i < Math.min(answers.size(), entries.size()); i++) {
            if (refusal(i) != null) {
                return i;
            }
        }
        return -1;
    }

    /** Why a message of the last attempt was refused, or null if it was not, or nobody asked. */
    @Nullable
    StreamErrorException refusal(int index) {
        CompletableFuture<Message> answer = answers.get(index);
        if (!answer.isDone() || answer.isCompletedExceptionally()) {
            return null;
        }
        Message message = answer.join();
        byte[] data = message.getData();
        return message.isStatusMessage() || data == null ? null : StreamErrorException.in(data);
    }

    /**
     * Sends it, whole.
     *
     * @param keep whether to exempt the markers from the stream's TTLs
     * @return the answer to the commit; the server answers no other message unless it is asked to
     * @throws IllegalStateException if the connection takes no more
     */
    CompletableFuture<Message> send(Connection connection, Duration timeout, boolean keep) {
        String id = NUID.nextGlobal();
        attempts.add(id);
        answers.clear();
        int sequence = 0;
        for (Entry entry : entries) {
            OutboundMessage message = entry.message();
            Headers headers = member(message.headers(), id, ++sequence);
            if (asking) {
                answers.add(connection.requestWithTimeout(message.subject(), headers, message.payload(), timeout));
            } else {
                connection.publish(message.subject(), headers, message.payload());
            }
        }
        CompletableFuture<Message> answer = new CompletableFuture<>();
        Iterator<Map.Entry<Claim, SinkRecord>> markers = lasts.entrySet().iterator();
        while (markers.hasNext()) {
            Map.Entry<Claim, SinkRecord> next = markers.next();
            Claim claim = next.getKey();
            Headers headers = member(marker(claim, next.getValue(), 0).headers(claim.expected(), keep), id, ++sequence);
            if (markers.hasNext()) {
                connection.publish(claim.subject(), headers, EMPTY);
            } else {
                headers.put(COMMIT, "1");
                answer = connection
                        .requestWithTimeout(
                                NatsMessage.builder()
                                        .subject(claim.subject())
                                        .headers(headers)
                                        .data(EMPTY)
                                        .build(),
                                timeout)
                        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        return answer;
    }

    /**
     * The batch is stored, and the last of its messages, which is the last marker, at this sequence.
     */
    void stored(long lastSequence) {
        long sequence = lastSequence - lasts.size();
        for (Map.Entry<Claim, SinkRecord> last : lasts.entrySet()) {
            Claim claim = last.getKey();
            claim.advanced(marker(claim, last.getValue(), ++sequence));
        }
    }

    private Marker marker(Claim claim, SinkRecord last, long sequence) {
        @Nullable Long timestamp = last.timestamp();
        @Nullable TimestampType type = last.timestampType();
        return new Marker(
                sequence,
                last.originalKafkaOffset(),
                timestamp == null ? Marker.NONE : timestamp,
                type == null ? TimestampType.NO_TIMESTAMP_TYPE : type,
                claim.owner(),
                attempts.get(attempts.size() - 1));
    }

    private static Headers member(@Nullable Headers own, String id, int sequence) {
        Headers headers = own == null ? new Headers() : new Headers(own);
        return headers.put(ID, id).put(SEQUENCE, Integer.toString(sequence));
    }
}
