package io.jetsink.delivery;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.metrics.AckMetrics;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.AssignedPartition;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * All records between Kafka and the acks, in the order in which Connect delivered them, and three cursors:
 *
 * <pre>
 *        settled            published            admitted
 *           |                   |                    |
 *  ...xxxxxx|oooxoooooxxooooooo|....................|
 *           |&lt;-- in flight ---&gt;|&lt;-- not yet sent --&gt;|
 * </pre>
 *
 * Positions count records since the task started and never repeat. What must stay true: settled &lt;= published &lt;=
 * admitted; the settled cursor never passes a slot that is not settled; a settled slot never becomes unsettled.
 * Confined to the task thread.
 */
final class InFlightRing {
    private static final int FIRST_CAPACITY = 1024;
    private static final long NO_TIMESTAMP = -1;

    private final AckMetrics acks;
    private Slot[] slots = newSlots(FIRST_CAPACITY);
    private long settled;
    private long published;
    private long admitted;
    /** Everything that may have been sent before the last rewind lies before this position. */
    private long sentUpTo;
    /** Everything that was sent ahead of its turn lies before this position. */
    private long ahead;

    private long bytesInFlight;
    /** Number of records that were settled without an outcome. */
    private long orphaned;

    InFlightRing(AckMetrics acks) {
        this.acks = acks;
    }

    long settled() {
        return settled;
    }

    long published() {
        return published;
    }

    long admitted() {
        return admitted;
    }

    long inFlight() {
        return published - settled;
    }

    long bytesInFlight() {
        return bytesInFlight;
    }

    long unsent() {
        return admitted - published;
    }

    boolean isEmpty() {
        return admitted == settled;
    }

    long orphaned() {
        return orphaned;
    }

    /** Returns when the first unsettled record was admitted, in nanoseconds; {@link TaskMetrics#NONE} if all are settled. */
    long oldest() {
        return isEmpty() ? TaskMetrics.NONE : slot(settled).admittedAt;
    }

    /** @param now nanoseconds, as all times here */
    void admit(AssignedPartition partition, SinkRecord record, long now) {
        if (admitted - settled == slots.length) {
            grow();
        }
        Slot slot = slot(admitted++);
        slot.partition = partition;
        slot.record = record;
        slot.settled = false;
        slot.admittedAt = now;
        slot.sentAt = now;
        Long timestamp = record.timestamp();
        slot.timestamp = timestamp == null ? NO_TIMESTAMP : timestamp;
    }

    /** Returns the slot at the published cursor. May be called only while {@link #unsent()} is positive. */
    Slot next() {
        return slot(published);
    }

    /** Notes that the next slot was sent: a message of this many bytes is in flight. */
    void markPublished(int bytes, long now) {
        Slot slot = slot(published++);
        slot.bytes = bytes;
        slot.sentAt = now;
        bytesInFlight += bytes;
    }

    /** Settles the next slot, and moves past it: its record needs no message. */
    void settleNext() {
        settle(slot(published++));
    }

    /** Settles the next slot, and moves past it: its record has no outcome, because its partition was closed or fenced. */
    void abandonNext() {
        abandon(slot(published++));
    }

    /** Settles a record whose message was acked. Ignores unknown positions. */
    void ack(long position) {
        if (position >= settled && position < admitted) {
            ack(slot(position));
        }
    }

    private void ack(Slot slot) {
        if (!slot.settled) {
            acks.acked(slot.size(), slot.sentAt, slot.timestamp);
            settle(slot);
        }
    }

    /** Settles all positions up to and including this one, whose messages were acked, except those that are rejected. */
    void ackThrough(long position) {
        long end = Math.min(position + 1, published);
        for (long at = settled; at < end; at++) {
            Slot slot = slot(at);
            if (slot.rejection == null) {
                ack(slot);
            }
        }
    }

    /** Marks a record that can never be stored. It stays unsettled until it was reported. */
    void reject(long position, RejectedRecordException why) {
        Slot slot = unsettled(position);
        if (slot != null && position <= published) {
            bytesInFlight -= slot.bytes;
            slot.bytes = 0;
            slot.message = null;
            slot.rejection = why;
        }
    }

    /** Moves the settled cursor up to the first unsettled slot. @return whether the cursor moved */
    boolean advance() {
        long before = settled;
        while (settled < published) {
            Slot slot = slot(settled);
            if (!slot.settled && slot.rejection != null && slot.isOrphan()) {
                abandon(slot);
            }
            if (!slot.settled) {
                break;
            }
            settled++;
        }
        return settled != before;
    }

    /** Returns the first unsettled slot. May be called only while the ring is not empty. */
    Slot head() {
        return slot(settled);
    }

    /** Returns the first unsettled slot if its record was rejected, else null. */
    @Nullable
    Slot rejectedHead() {
        Slot head = slot(settled);
        return head.rejection == null ? null : head;
    }

    /** Settles the first unsettled record, which was rejected. */
    void settleHead() {
        Slot head = slot(settled);
        if (head.isOrphan()) {
            abandon(head);
        } else {
            settle(head);
        }
        if (published == settled) {
            published++;
        }
        advance();
    }

    /** Returns the slot at this position, sent or not, or null if it is settled or unknown. */
    @Nullable
    Slot unsettled(long position) {
        return position < settled || position >= admitted || slot(position).settled ? null : slot(position);
    }

    /** Notes that the message at this position was sent before its turn. */
    void sentAhead(long position, long now) {
        ahead = Math.max(ahead, position + 1);
        slot(position).sentAt = now;
    }

    /** Whether the message at this position may already have been sent, before the last rewind. */
    boolean mayHaveBeenSent(long position) {
        return position < sentUpTo;
    }

    /** Settles the unsent records of this partition: the consumer delivers them again. */
    void drop(AssignedPartition partition) {
        for (long at = published; at < admitted; at++) {
            Slot slot = slot(at);
            if (slot.partition == partition) {
                abandon(slot);
            }
        }
    }

    /** Has every unsettled record from this position on sent again. */
    void rewind(long position) {
        sentUpTo = Math.max(sentUpTo, Math.max(published, ahead));
        long first = Math.max(position, settled);
        for (long at = first; at < published; at++) {
            Slot slot = slot(at);
            bytesInFlight -= slot.bytes;
            slot.bytes = 0;
        }
        published = Math.min(published, first);
    }

    /** Returns the lowest unsettled offset of each partition that has unsettled records. */
    Map<AssignedPartition, Long> lowestUnsettled() {
        Map<AssignedPartition, Long> lowest = new HashMap<>();
        for (long at = settled; at < admitted; at++) {
            Slot slot = slot(at);
            if (!slot.settled) {
                lowest.merge(slot.partition(), slot.record().originalKafkaOffset(), Math::min);
            }
        }
        return lowest;
    }

    /** Returns the number of unsettled records of each partition that has any. */
    Map<AssignedPartition, Long> unsettledRecords() {
        Map<AssignedPartition, Long> counts = new HashMap<>();
        for (long at = settled; at < admitted; at++) {
            Slot slot = slot(at);
            if (!slot.settled) {
                counts.merge(slot.partition(), 1L, Long::sum);
            }
        }
        return counts;
    }

    private void abandon(Slot slot) {
        if (!slot.settled) {
            orphaned++;
            settle(slot);
        }
    }

    private void settle(Slot slot) {
        if (!slot.settled) {
            bytesInFlight -= slot.bytes;
            slot.clear();
        }
    }

    private Slot slot(long position) {
        return slots[(int) position & slots.length - 1];
    }

    private void grow() {
        Slot[] wider = newSlots(slots.length * 2);
        for (long at = settled; at < admitted; at++) {
            wider[(int) at & wider.length - 1] = slot(at);
        }
        slots = wider;
    }

    private static Slot[] newSlots(int capacity) {
        Slot[] slots = new Slot[capacity];
        Arrays.setAll(slots, i -> new Slot());
        return slots;
    }
}
