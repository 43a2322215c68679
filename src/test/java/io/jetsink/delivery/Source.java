package io.jetsink.delivery;

import io.jetsink.delivery.Delivery.Fate;
import io.jetsink.delivery.Delivery.Stay;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** One partition: the broker's side, and the worker's while it is assigned. */
final class Source {
    final TopicPartition id;
    final BitSet settled = new BitSet();
    long end;
    long committed;
    /** Everything below was found settled. */
    long verified;

    @Nullable
    Stay stay;

    long position;
    long consumed;
    /** The offset of a pending seek, or -1. */
    long sought = -1;
    /** The offset from which commits are withheld until records are delivered again, or -1. */
    long held = -1;

    final List<Delivery> deliveries = new ArrayList<>();

    Source(TopicPartition id) {
        this.id = id;
    }

    void arrive() {
        stay = new Stay(id);
        rewind();
    }

    void leave() {
        if (stay != null) {
            stay.closed = true;
        }
        stay = null;
        sought = -1;
        held = -1;
        deliveries.clear();
    }

    /** The consumer continues at the committed offset. */
    void rewind() {
        position = committed;
        consumed = committed;
    }

    /** The task has dropped its records and seeks to this offset. */
    void sendBack(long offset) {
        deliveries.removeIf(delivery -> !delivery.settled);
        sought = offset;
    }

    /** Connect's part of that, before it polls. */
    void seek() {
        if (sought >= 0) {
            position = sought;
            consumed = sought;
            sought = -1;
        }
    }

    /** The first committed offset whose record is not settled, or -1. */
    long firstLost() {
        for (; verified < committed; verified++) {
            if (exists(verified) && !settled.get((int) verified)) {
                return verified;
            }
        }
        return -1;
    }

    boolean exists(long offset) {
        return hash(offset) % 6 != 0;
    }

    Fate fate(long offset, boolean tombstones) {
        return switch ((int) (hash(offset) / 6 % 40)) {
            case 0 -> Fate.UNSENDABLE;
            case 1 -> Fate.REFUSED;
            case 2, 3 -> tombstones ? Fate.TOMBSTONE : Fate.STORED;
            default -> Fate.STORED;
        };
    }

    private long hash(long offset) {
        long mixed = (offset + 1) * 0x9E3779B97F4A7C15L + id.partition();
        return (mixed ^ mixed >>> 31) >>> 8;
    }
}
