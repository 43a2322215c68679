package io.jetsink.delivery;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.Publisher;
import io.jetsink.translate.RecordTranslator;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Translates the records at the published cursor and hands them to the publisher, while the window has room for them. Then
 * offers records behind the cursor that the publisher may send before their turn ({@link Publisher#publishAhead}), each
 * record once for each epoch. Confined to the task thread.
 */
final class PublishLoop {
    private final InFlightRing ring;
    private final RecordTranslator translator;
    private final LinkRate rate;
    private final StallWatch stall;
    private final AckTimer timer;
    private final TaskFailures failures;
    private final TaskMetrics metrics;
    private final LongSupplier clock;
    /** When the present pass began: the time at which all its messages count as sent. */
    private long passAt;
    /** Everything before this position was published or offered ahead of its turn. */
    private long offered;
    /** Partitions with a record that waits for its turn, which no later record of the partition may overtake. */
    private final Set<AssignedPartition> inTurn = new HashSet<>();

    PublishLoop(
            InFlightRing ring,
            RecordTranslator translator,
            LinkRate rate,
            StallWatch stall,
            AckTimer timer,
            TaskFailures failures,
            TaskMetrics metrics,
            LongSupplier clock) {
        this.ring = ring;
        this.translator = translator;
        this.rate = rate;
        this.stall = stall;
        this.timer = timer;
        this.failures = failures;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Has every unsettled record from this position on sent again. */
    void rewind(long position) {
        ring.rewind(position);
        offered = ring.published();
        inTurn.clear();
        timer.forget();
    }

    /** @param open the publisher of the open epoch; null if there is none */
    void publishWhatFits(@Nullable Publisher open, Iterable<AssignedPartition> partitions) {
        if (open == null) {
            return;
        }
        open.assigned(partitions);
        passAt = clock.getAsLong();
        boolean goesOn = true;
        while (goesOn && ring.unsent() > 0 && ring.inFlight() < open.window() && ring.bytesInFlight() < rate.window()) {
            Slot slot = ring.next();
            if (slot.isSettled() || slot.isOrphan()) {
                ring.abandonNext();
            } else {
                // No record overtakes a rejected one: an offset marker in the stream would cover the rejected record.
                goesOn = slot.rejection() == null && publish(open, slot);
            }
        }
        if (ring.unsent() > 1 && open.ahead() > 0) {
            publishAhead(open, rate.window() - ring.bytesInFlight());
        }
    }

    private void publishAhead(Publisher open, long maxBytes) {
        int room = open.ahead();
        long bytes = 0;
        long at = Math.max(offered, ring.published());
        for (; at < ring.admitted() && room > 0 && bytes < maxBytes; at++) {
            Slot slot = ring.unsettled(at);
            if (slot == null || slot.isOrphan()) {
                continue;
            }
            // The record at the published cursor is sent in its turn.
            boolean sent = at > ring.published()
                    && !inTurn.contains(slot.partition())
                    && slot.rejection() == null
                    && hasMessage(slot)
                    && open.publishAhead(at, slot);
            if (sent) {
                ring.sentAhead(at, passAt);
                bytes += slot.message().size();
                room--;
            } else {
                inTurn.add(slot.partition());
            }
        }
        offered = Math.max(offered, at);
    }

    /** A record that would be rejected or skipped is left to its turn. */
    private boolean hasMessage(Slot slot) {
        try {
            return translate(slot);
        } catch (RejectedRecordException | RetriableException notNow) {
            return false;
        }
    }

    /** @return false if nothing more can be published for now */
    private boolean publish(Publisher open, Slot slot) {
        try {
            Publisher.Look look = open.look(slot);
            if (look == Publisher.Look.LATER) {
                return false;
            }
            if (look == Publisher.Look.STORED || !translate(slot)) {
                metrics.skipped(look == Publisher.Look.STORED ? ErrorCode.STORED_BEFORE : translator.skipReason());
                ring.settleNext();
                return true;
            }
            long position = ring.published();
            if (!open.publish(position, slot)) {
                return false;
            }
            // Not inFlight(): a position that was settled without being sent is no message that may stall.
            if (ring.bytesInFlight() == 0) {
                stall.firstSent();
            }
            ring.markPublished(slot.message().size(), passAt);
            timer.sent(position, ring.bytesInFlight());
            failures.noteTranslated();
            return true;
        } catch (RejectedRecordException why) {
            ring.reject(ring.published(), why);
        } catch (RetriableException notYet) {
            failures.noteUntranslatable(slot.record(), notYet);
        }
        return false;
    }

    /** @return false if the record has no message */
    private boolean translate(Slot slot) {
        if (!slot.isTranslated()) {
            slot.translated(translator.translate(slot.record()));
        }
        return slot.isTranslated();
    }

    /** Waits until the window has room. @return whether the publish loop should run again */
    boolean awaitRoom(@Nullable Publisher open, long nanos) throws InterruptedException {
        if (open == null || nanos <= 0) {
            return false;
        }
        if (ring.advance()) {
            stall.settledUnsent();
            return true;
        }
        if (ring.rejectedHead() != null) {
            return true;
        }
        // A quarter of the window, and not the first outcome: waking up for each ack costs more than it gains.
        return await(open, ring.settled() + ring.inFlight() / 4, nanos);
    }

    /** {@link Publisher#await}, in time that counts as blocked on NATS. */
    boolean await(Publisher open, long position, long nanos) throws InterruptedException {
        metrics.time().block();
        boolean waited = open.await(position, nanos);
        metrics.time().unblock();
        return waited;
    }
}
