package io.jetsink.delivery;

import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import io.jetsink.translate.RecordTranslator;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Offers records behind the published cursor that a publisher may send before their turn ({@link Publisher#publishAhead}),
 * each of them once for each epoch.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class LookAhead {
    private final InFlightRing ring;
    private final RecordTranslator translator;
    /** Everything before it was offered. */
    private long offered;
    /** Partitions with a record that waits for its turn, which no later one of theirs may overtake. */
    private final Set<AssignedPartition> inTurn = new HashSet<>();

    LookAhead(InFlightRing ring, RecordTranslator translator) {
        this.ring = ring;
        this.translator = translator;
    }

    /** Something is sent again. */
    void rewind() {
        offered = ring.published();
        inTurn.clear();
    }

    /** @param maxBytes how many bytes may be sent */
    void offer(Publisher open, long maxBytes) {
        int room = open.ahead();
        long bytes = 0;
        long at = Math.max(offered, ring.published());
        for (; at < ring.admitted() && room > 0 && bytes < maxBytes; at++) {
            InFlightRing.Slot slot = ring.unsettled(at);
            if (slot == null || slot.isOrphan() || slot.partition().wasSentWithId()) {
                continue;
            }
            // The record at the published cursor has its turn.
            boolean sent = at > ring.published()
                    && !inTurn.contains(slot.partition())
                    && slot.rejection() == null
                    && isTranslated(slot)
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

    /** Whether it is to be sent. What it would be rejected for, or skipped, is decided in its turn. */
    private boolean isTranslated(InFlightRing.Slot slot) {
        if (slot.isTranslated()) {
            return true;
        }
        try {
            OutboundMessage message = translator.translate(slot.record());
            if (message == null) {
                return false;
            }
            slot.translated(message);
            return true;
        } catch (RejectedRecordException | RetriableException notNow) {
            return false;
        }
    }
}
