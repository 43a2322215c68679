package io.jetsink.delivery;

import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.PendingRecord;
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
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class InFlightRing {
    private static final int FIRST_CAPACITY = 1024;

    private Slot[] slots = newSlots(FIRST_CAPACITY);
    private long settled;
    private long published;
    private long admitted;
    /** What was published before the last rewind: all of it was sent once, or needed no sending. */
    private long sentBefore;

    /** Everything that was sent ahead of its turn lies before it. */
    private long ahead;

    private long bytesInFlight;

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

    void admit(AssignedPartition partition, SinkRecord record) {
        if (admitted - settled == slots.length) {
            grow();
        }
        Slot slot = slot(admitted++);
        slot.partition = partition;
        slot.record = record;
        slot.settled = false;
    }

    /** The slot at the published cursor. Only while {@link #unsent()} is positive. */
    Slot next() {
        return slot(published);
    }

    /** The next slot was sent: it is in flight with so many bytes. */
    void published(int bytes) {
        slot(published++).bytes = bytes;
        bytesInFlight += bytes;
    }

    /** The next slot needs no sending: it is settled already, or was just rejected. */
    void passed() {
        published++;
    }

    /** Stored, reported or abandoned: nothing more will be done about this record. Unknown positions are ignored. */
    void settle(long position) {
        if (position >= settled && position < admitted) {
            settle(slot(position));
        }
    }

    /** All positions up to and including this one are stored, but for those that are rejected. */
    void settleThrough(long position) {
        long end = Math.min(position + 1, published);
        for (long at = settled; at < end; at++) {
            Slot slot = slot(at);
            if (slot.rejection == null) {
                settle(slot);
            }
        }
    }

    /** This record can never be stored; it stays unsettled until that was reported. */
    void reject(long position, RejectedRecordException why) {
        if (position >= settled && position <= published && position < admitted) {
            Slot slot = slot(position);
            if (!slot.settled) {
                bytesInFlight -= slot.bytes;
                slot.bytes = 0;
                slot.message = null;
                slot.rejection = why;
            }
        }
    }

    /**
     * Moves the settled cursor as far as it goes.
     *
     * @return whether it moved
     */
    boolean advance() {
        long before = settled;
        while (settled < published) {
            Slot slot = slot(settled);
            if (!slot.settled && slot.rejection != null && slot.isOrphan()) {
                settle(slot);
            }
            if (!slot.settled) {
                break;
            }
            settled++;
        }
        return settled != before;
    }

    /** The first unsettled slot if its record was rejected; else null. */
    @Nullable
    Slot rejectedHead() {
        if (isEmpty()) {
            return null;
        }
        Slot head = slot(settled);
        return head.rejection == null ? null : head;
    }

    /** The first unsettled record is dealt with. */
    void dropHead() {
        settle(slot(settled));
        if (published == settled) {
            published++;
        }
        advance();
    }

    /** The slot at this position if it is in flight, else null. */
    @Nullable
    Slot inFlight(long position) {
        return position < settled || position >= published || slot(position).settled ? null : slot(position);
    }

    /** The slot at this position if it is not settled, sent or not; else null. */
    @Nullable
    Slot unsettled(long position) {
        return position < settled || position >= admitted || slot(position).settled ? null : slot(position);
    }

    /** A message at this position was sent before its turn. */
    void sentAhead(long position) {
        ahead = Math.max(ahead, position + 1);
    }

    /** Whether a message at this position may have been sent before the present time. */
    boolean wasSentBefore(long position) {
        return position < sentBefore;
    }

    /** Settles what was not sent of this partition: the consumer delivers it again. */
    void drop(AssignedPartition partition) {
        for (long at = published; at < admitted; at++) {
            Slot slot = slot(at);
            if (slot.partition == partition) {
                settle(slot);
            }
        }
    }

    /** What is not settled from this position on is to be sent again. */
    void rewind(long position) {
        sentBefore = Math.max(sentBefore, Math.max(published, ahead));
        long first = Math.max(position, settled);
        for (long at = first; at < published; at++) {
            Slot slot = slot(at);
            bytesInFlight -= slot.bytes;
            slot.bytes = 0;
        }
        published = Math.min(published, first);
    }

    /** Tells each partition that has unsettled records the offsets of those. */
    void noteUnsettled() {
        for (long at = settled; at < admitted; at++) {
            Slot slot = slot(at);
            if (!slot.settled) {
                slot.partition().unsettled(slot.record().originalKafkaOffset());
            }
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
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot();
        }
        return slots;
    }

    /** One record's place. Reused. */
    static final class Slot implements PendingRecord {
        private @Nullable AssignedPartition partition;
        private @Nullable SinkRecord record;
        private @Nullable RejectedRecordException rejection;
        private boolean settled;
        private int bytes;
        /** The translated record, kept for the next epoch; null before the first sending and after the settling. */
        private @Nullable OutboundMessage message;

        boolean isSettled() {
            return settled;
        }

        boolean isOrphan() {
            return partition != null && partition.abandoned();
        }

        @Nullable
        RejectedRecordException rejection() {
            return rejection;
        }

        @Override
        public AssignedPartition partition() {
            if (partition == null) {
                throw new IllegalStateException("a settled slot has no partition");
            }
            return partition;
        }

        @Override
        public SinkRecord record() {
            if (record == null) {
                throw new IllegalStateException("a settled slot has no record");
            }
            return record;
        }

        boolean isTranslated() {
            return message != null;
        }

        void translated(OutboundMessage translated) {
            message = translated;
        }

        @Override
        public OutboundMessage message() {
            if (message == null) {
                throw new IllegalStateException(
                        "a slot has no message before it is translated, and after it is settled");
            }
            return message;
        }

        private void clear() {
            settled = true;
            partition = null;
            record = null;
            rejection = null;
            message = null;
            bytes = 0;
        }
    }
}
