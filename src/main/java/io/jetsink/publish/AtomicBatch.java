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

    /**
     * Sends it, whole.
     *
     * @param keep whether to exempt the markers from the stream's TTLs
     * @return the answer to the commit; the server answers no other message of a batch without being asked to
     * @throws IllegalStateException if the connection takes no more
     */
    CompletableFuture<Message> send(Connection connection, Duration timeout, boolean keep) {
        String id = NUID.nextGlobal();
        attempts.add(id);
        int sequence = 0;
        for (Entry entry : entries) {
            OutboundMessage message = entry.message();
            connection.publish(message.subject(), member(message.headers(), id, ++sequence), message.payload());
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
