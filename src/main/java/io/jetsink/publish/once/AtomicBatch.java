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
 * Records of some partitions and, behind them, the offset marker of each of these partitions, which the stream stores together
 * or not at all (ADR-50; nats-server 2.12.1 and later). The server keeps the members aside until the commit, so they may be
 * sent long before it. Each attempt to store the batch has an id of its own.
 */
final class AtomicBatch {
    /** Approximate number of bytes that a marker adds to a batch. */
    private static final int MARKER_BYTES = 400;

    private static final byte[] EMPTY = {};

    record Entry(long position, OutboundMessage message, PartitionClaim claim, SinkRecord record) {}

    private final List<Entry> entries = new ArrayList<>();
    /** The last record of each partition, whose offset is in the marker. */
    private final Map<PartitionClaim, SinkRecord> lasts = new LinkedHashMap<>();

    private long bytes;

    /** Subjects of the first {@link #indexed} entries. */
    private final Set<String> subjects = new HashSet<>();

    private int indexed;

    /** The ids of all attempts. */
    private final List<String> attempts = new ArrayList<>();
    /** Number of entries that were sent with the latest id. */
    private int sent;

    private int commits;
    /** Whether the latest commit was not refused. All previous ones were, or the batch is not committed again. */
    private boolean mayBeStored;

    /** Replies to the entries of the latest attempt, if they were requested. */
    private final List<CompletableFuture<JetStreamReply>> replies = new ArrayList<>();

    private boolean requestsReplies;

    private final long since;

    /** @param since time at which it was begun, on the task's clock */
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
     * Returns whether the server would refuse the batch with this message ("batch rollup sub invalid", 10111): a rollup must
     * not follow a message of its own subject in the same batch (nats-server 2.15.1).
     */
    boolean wouldBreakRollup(OutboundMessage message) {
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

    long position() {
        return entries.get(0).position();
    }

    long bytes() {
        return bytes;
    }

    /** Returns the approximate number of bytes that are sent for it, with the headers of its members and the markers. */
    long wireBytes() {
        return bytes + (long) entries.size() * BatchHeaders.BYTES + (long) lasts.size() * MARKER_BYTES;
    }

    long since() {
        return since;
    }

    /** Returns the number of messages, with the markers. */
    int messages() {
        return entries.size() + lasts.size();
    }

    /** Returns the number of messages that it would have with one more record of this partition. */
    int messagesWith(PartitionClaim claim) {
        return messages() + (lasts.containsKey(claim) ? 1 : 2);
    }

    /** Returns whether the first record is smaller than its marker, so that a limit on sizes refuses the marker first. */
    boolean isOutweighedByMarker() {
        Entry first = entries.get(0);
        Headers own = first.message().headers();
        long record = first.message().payload().length + (own == null ? 0L : own.serializedLength());
        OffsetMarker marker = marker(first.claim(), first.record(), 0);
        return record < marker.headers(first.claim().expected(), false).serializedLength();
    }

    /** Returns whether a marker was stored with an attempt to send this batch. */
    boolean isAuthorOf(OffsetMarker marker) {
        return attempts.contains(marker.batch());
    }

    /** Returns whether the outcome of the latest attempt is unknown. */
    boolean mayBeStored() {
        return mayBeStored;
    }

    /** Notes that the latest attempt is not stored. */
    void refused() {
        mayBeStored = false;
    }

    Set<String> ids() {
        return Set.copyOf(attempts);
    }

    /** Requests a reply to each message of the next attempt: the server has only reported that some message is missing. */
    void requestReplies() {
        requestsReplies = true;
    }

    /** Returns the index of the first entry that is known to be refused, or -1. */
    int firstRefused() {
        for (int i = 0; i < replies.size(); i++) {
            if (refusal(i) != null) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the refusal of an entry of the latest attempt, or null if it was accepted or no reply was requested. */
    @Nullable
    JetStreamErrorException refusal(int index) {
        CompletableFuture<JetStreamReply> reply = replies.get(index);
        return reply.isDone()
                        && !reply.isCompletedExceptionally()
                        && reply.join().error() instanceof JetStreamErrorException refused
                ? refused
                : null;
    }

    /**
     * Sends the records that were not sent with the latest id.
     *
     * @throws IllegalStateException if the connection accepts no more
     */
    void sendMembers(Connection connection, StreamRequests requests, Duration timeout) {
        while (sent < entries.size()) {
            OutboundMessage message = entries.get(sent).message();
            Headers headers = member(message.headers(), sent + 1);
            if (requestsReplies) {
                replies.add(requests.request(message.subject(), headers, message.payload(), null)
                        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS));
            } else {
                connection.publish(message.subject(), headers, message.payload());
            }
            sent++;
        }
    }

    /**
     * Sends the records that were not sent, and the markers, the last of which is the commit. A repeated commit sends all of
     * the batch with a new id.
     *
     * @param keepForever whether the stream's TTLs do not apply to the markers
     * @return the reply to the commit
     * @throws IllegalStateException if the connection accepts no more
     */
    CompletableFuture<JetStreamReply> commit(
            Connection connection, StreamRequests requests, Duration timeout, boolean keepForever) {
        if (commits++ > 0) {
            attempts.add(RandomIds.ofBatch());
            sent = 0;
            replies.clear();
        }
        mayBeStored = true;
        sendMembers(connection, requests, timeout);
        CompletableFuture<JetStreamReply> reply = new CompletableFuture<>();
        int sequence = sent;
        for (Map.Entry<PartitionClaim, SinkRecord> last : lasts.entrySet()) {
            PartitionClaim claim = last.getKey();
            Headers headers =
                    member(marker(claim, last.getValue(), 0).headers(claim.expected(), keepForever), ++sequence);
            if (sequence < messages()) {
                connection.publish(claim.subject(), headers, EMPTY);
            } else {
                headers.put(NatsJetStreamConstants.NATS_BATCH_COMMIT_HDR, "1");
                reply = requests.request(claim.subject(), headers, EMPTY, expected(id(), sequence))
                        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        return reply;
    }

    /** Notes in the claims that the batch is stored, and the last of its markers at this sequence. */
    void acked(long lastSequence) {
        long sequence = lastSequence - lasts.size();
        for (Map.Entry<PartitionClaim, SinkRecord> last : lasts.entrySet()) {
            PartitionClaim claim = last.getKey();
            claim.markerReplaced(marker(claim, last.getValue(), ++sequence));
        }
    }

    /**
     * Notes that the batch is stored, and that these of its markers were removed since: the claims remember the offsets of
     * removed markers.
     */
    void storedWithout(Set<PartitionClaim> removed) {
        lasts.forEach((claim, last) -> {
            if (removed.contains(claim)) {
                claim.markerReplaced(marker(claim, last, claim.expected()));
            }
        });
    }

    private OffsetMarker marker(PartitionClaim claim, SinkRecord last, long sequence) {
        return OffsetMarker.of(last, sequence, claim.owner(), id());
    }

    private Headers member(@Nullable Headers own, int sequence) {
        return BatchHeaders.member(own == null ? new Headers() : new Headers(own), id(), sequence);
    }

    /** An ack has to name this attempt, and all of its messages. A refusal names no attempt. */
    private static Predicate<JetStreamReply> expected(String attempt, int count) {
        return reply -> !reply.isAck() || (reply.batch().equals(attempt) && reply.count() == count);
    }

    private String id() {
        return attempts.get(attempts.size() - 1);
    }
}
