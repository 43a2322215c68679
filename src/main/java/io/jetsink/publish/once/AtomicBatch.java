package io.jetsink.publish.once;

import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.RandomIds;
import io.jetsink.publish.StreamRequests;
import io.nats.client.Connection;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of some partitions and, behind them, the marker of each, stored together or not at all (ADR-50; nats-server 2.12.1
 * and later). The server keeps its members aside until the commit, so they may be sent long before it. The same batch may
 * have to be sent more than once, under another id each time, to learn whether it is stored.
 */
final class AtomicBatch {
    /** Bytes that a marker adds to a batch, about. */
    private static final int MARKER_BYTES = 400;

    private static final byte[] EMPTY = {};

    /** A record's place in a batch. */
    record Entry(long position, OutboundMessage message, PartitionClaim claim, SinkRecord record) {}

    private final List<Entry> entries = new ArrayList<>();
    /** The last record of each partition: what its marker tells. */
    private final Map<PartitionClaim, SinkRecord> lasts = new LinkedHashMap<>();

    private long bytes;

    /** Subjects of the first {@link #indexed} entries. */
    private final Set<String> subjects = new HashSet<>();

    private int indexed;

    /** The ids under which it was sent. */
    private final List<String> attempts = new ArrayList<>();
    /** How many entries were sent under the latest id. */
    private int sent;

    private int commits;
    /** Attempts that were committed and not answered by a refusal: one of them may be stored. */
    private int open;

    /** Answers to all but the last message, if they are asked for. */
    private final List<CompletableFuture<JetStreamReply>> answers = new ArrayList<>();

    private boolean asking;

    private final long since;

    /** @param since when it was begun, in nanoseconds of the task's clock */
    AtomicBatch(long since) {
        this.since = since;
        attempts.add(RandomIds.ofBatch());
    }

    void add(Entry entry) {
        entries.add(entry);
        lasts.put(entry.claim(), entry.record());
        bytes += entry.message().size();
    }

    /**
     * Whether the server would refuse the batch with this message in it ("batch rollup sub invalid", 10111): a rollup may
     * not follow a message of its own subject in the same batch (nats-server 2.15.1).
     */
    boolean excludes(OutboundMessage message) {
        Headers headers = message.headers();
        if (headers == null || !headers.containsKey(NatsJetStreamConstants.ROLLUP_HDR)) {
            return false;
        }
        while (indexed < entries.size()) {
            subjects.add(entries.get(indexed++).message().subject());
        }
        return subjects.contains(message.subject());
    }

    List<Entry> entries() {
        return entries;
    }

    Iterable<PartitionClaim> claims() {
        return lasts.keySet();
    }

    boolean holds(PartitionClaim claim) {
        return lasts.containsKey(claim);
    }

    /** Where the first of its records stands in the ring. */
    long position() {
        return entries.get(0).position();
    }

    long bytes() {
        return bytes;
    }

    /** Bytes that the link has to carry for it, about. */
    long wireBytes() {
        return bytes + (long) entries.size() * BatchHeaders.BYTES + (long) lasts.size() * MARKER_BYTES;
    }

    /** When it was begun, in nanoseconds of the task's clock. */
    long since() {
        return since;
    }

    /** Markers included. */
    int messages() {
        return entries.size() + lasts.size();
    }

    /** How many messages it would have with one more record of this partition. */
    int messagesWith(PartitionClaim claim) {
        return messages() + (lasts.containsKey(claim) ? 1 : 2);
    }

    /** Whether the first record is smaller than its marker, so that a limit of sizes refuses the marker first. */
    boolean isOutweighedByMarker() {
        Entry first = entries.get(0);
        Headers own = first.message().headers();
        long record = first.message().payload().length + (own == null ? 0L : own.serializedLength());
        OffsetMarker marker = marker(first.claim(), first.record(), 0);
        return record < marker.headers(first.claim().expected(), false).serializedLength();
    }

    /** A marker was stored with an attempt to send this batch. */
    boolean wrote(OffsetMarker marker) {
        return attempts.contains(marker.batch());
    }

    /** Whether an attempt of unknown outcome is among those so far. */
    boolean mayBeStored() {
        return open > 0;
    }

    /** The attempt that was committed last is not stored. */
    void refused() {
        open--;
    }

    /** The ids under which it was sent. */
    Set<String> ids() {
        return Set.copyOf(attempts);
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
    JetStreamErrorException refusal(int index) {
        CompletableFuture<JetStreamReply> answer = answers.get(index);
        return answer.isDone()
                        && !answer.isCompletedExceptionally()
                        && answer.join().error() instanceof JetStreamErrorException refused
                ? refused
                : null;
    }

    /**
     * Sends the records that were not sent under the present id. The server answers none of them unless it is asked to.
     *
     * @throws IllegalStateException if the connection takes no more
     */
    void stage(Connection connection, StreamRequests requests, Duration timeout) {
        while (sent < entries.size()) {
            OutboundMessage message = entries.get(sent).message();
            Headers headers = member(message.headers(), sent + 1);
            if (asking) {
                answers.add(requests.member(message.subject(), headers, message.payload())
                        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS));
            } else {
                connection.publish(message.subject(), headers, message.payload());
            }
            sent++;
        }
    }

    /**
     * Sends what was not sent, and the markers, with which it is to be stored. Any further time all of it, under a new id.
     *
     * @param keep whether to exempt the markers from the stream's TTLs
     * @return the answer to the commit
     * @throws IllegalStateException if the connection takes no more
     */
    CompletableFuture<JetStreamReply> commit(
            Connection connection, StreamRequests requests, Duration timeout, boolean keep) {
        if (commits++ > 0) {
            attempts.add(RandomIds.ofBatch());
            sent = 0;
            answers.clear();
        }
        open++;
        stage(connection, requests, timeout);
        CompletableFuture<JetStreamReply> answer = new CompletableFuture<>();
        int sequence = sent;
        Iterator<Map.Entry<PartitionClaim, SinkRecord>> markers =
                lasts.entrySet().iterator();
        while (markers.hasNext()) {
            Map.Entry<PartitionClaim, SinkRecord> next = markers.next();
            PartitionClaim claim = next.getKey();
            Headers headers = member(marker(claim, next.getValue(), 0).headers(claim.expected(), keep), ++sequence);
            if (markers.hasNext()) {
                connection.publish(claim.subject(), headers, EMPTY);
            } else {
                headers.put(NatsJetStreamConstants.NATS_BATCH_COMMIT_HDR, "1");
                answer = requests.request(claim.subject(), headers, EMPTY, expected(id(), sequence))
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
        for (Map.Entry<PartitionClaim, SinkRecord> last : lasts.entrySet()) {
            PartitionClaim claim = last.getKey();
            claim.advanced(marker(claim, last.getValue(), ++sequence));
        }
    }

    /**
     * The batch is stored, and these markers of it were removed since. The claims remember what the markers said; where a
     * claim did not, its records would be expected again.
     */
    void storedWithout(Set<PartitionClaim> removed) {
        lasts.forEach((claim, last) -> {
            if (removed.contains(claim)) {
                claim.advanced(marker(claim, last, claim.expected()));
            }
        });
    }

    private OffsetMarker marker(PartitionClaim claim, SinkRecord last, long sequence) {
        return OffsetMarker.of(last, sequence, claim.owner(), id());
    }

    private Headers member(@Nullable Headers own, int sequence) {
        return BatchHeaders.member(own == null ? new Headers() : new Headers(own), id(), sequence);
    }

    /** An ack has to name this attempt, and all of it. A refusal does not say which. */
    private static Predicate<JetStreamReply> expected(String attempt, int count) {
        return answer -> !answer.isAck() || (answer.batch().equals(attempt) && answer.count() == count);
    }

    private String id() {
        return attempts.get(attempts.size() - 1);
    }
}
