package io.jetsink.delivery;

import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.PendingRecord;
import java.util.Objects;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The place of one record in {@link InFlightRing}, which alone changes it. Slots are reused. Confined to the task thread. */
final class Slot implements PendingRecord {
    @Nullable
    AssignedPartition partition;

    @Nullable
    SinkRecord record;

    @Nullable
    RejectedRecordException rejection;

    boolean settled;
    int bytes;
    long admittedAt;
    /** When the message was sent last; before that, when the record was admitted. */
    long sentAt;

    long timestamp;
    /** The translated record, kept for the next epoch; null before translation and after settlement. */
    @Nullable
    OutboundMessage message;

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
        return Objects.requireNonNull(partition, "a settled slot has no partition");
    }

    @Override
    public SinkRecord record() {
        return Objects.requireNonNull(record, "a settled slot has no record");
    }

    /** Returns the bytes of the message, in flight or sent before the last rewind. */
    int size() {
        OutboundMessage sent = message;
        return bytes != 0 || sent == null ? bytes : sent.size();
    }

    boolean isTranslated() {
        return message != null;
    }

    void translated(@Nullable OutboundMessage translated) {
        message = translated;
    }

    @Override
    public OutboundMessage message() {
        return Objects.requireNonNull(message, "a slot has a message between translation and settlement only");
    }

    void clear() {
        settled = true;
        partition = null;
        record = null;
        rejection = null;
        message = null;
        bytes = 0;
    }
}
