package io.jetsink.delivery;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Offers the publisher records behind the published cursor that it may send before their turn ({@link
 * Publisher#publishAhead}), each record once for each epoch. Confined to the task thread.
 */
final class LookAhead {
    private final InFlightRing ring;
    private final Predicate<InFlightRing.Slot> translated;
    /** Everything before this position was offered. */
    private long offered;
    /** Partitions with a record that waits for its turn, which no later record of the partition may overtake. */
    private final Set<AssignedPartition> inTurn = new HashSet<>();

    /** @param translated translates the record of a slot, and returns false if the record has no message */
    LookAhead(InFlightRing ring, Predicate<InFlightRing.Slot> translated) {
        this.ring = ring;
        this.translated = translated;
    }

    /** Starts again at the published cursor, because records are sent again. */
    void rewind() {
        offered = ring.published();
        inTurn.clear();
    }

    void offer(Publisher open, long maxBytes) {
        int room = open.ahead();
        long bytes = 0;
        long at = Math.max(offered, ring.published());
        for (; at < ring.admitted() && room > 0 && bytes < maxBytes; at++) {
            InFlightRing.Slot slot = ring.unsettled(at);
            if (slot == null || slot.isOrphan() || slot.partition().wasSentWithId()) {
                continue;
            }
            // The record at the published cursor is sent in its turn.
            boolean sent = at > ring.published()
                    && !inTurn.contains(slot.partition())
                    && slot.rejection() == null
                    && hasMessage(slot)
                    && open.publishAhead(at, slot);
            if (sent) {
                ring.sentAhead(at);
                bytes += slot.message().size();
                room--;
            } else {
                inTurn.add(slot.partition());
            }
        }
        offered = Math.max(offered, at);
    }

    /** A record that would be rejected or skipped is left to its turn. */
    private boolean hasMessage(InFlightRing.Slot slot) {
        try {
            return translated.test(slot);
        } catch (RejectedRecordException | RetriableException notNow) {
            return false;
        }
    }
}
