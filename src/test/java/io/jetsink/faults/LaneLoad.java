package io.jetsink.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * How records come to a {@link TaskLane}.
 *
 * @param poll how many records each poll brings
 * @param pace the time between two polls
 * @param valueBytes the least size of a value; 0: the numbers alone
 */
record LaneLoad(int poll, Duration pace, int valueBytes) {
    /** A thousand records a second. */
    static final LaneLoad STEADY = new LaneLoad(10, Duration.ofMillis(10), 0);

    LaneLoad poll(int records) {
        return new LaneLoad(records, pace, valueBytes);
    }

    LaneLoad pace(Duration between) {
        return new LaneLoad(poll, between, valueBytes);
    }

    LaneLoad valueBytes(int size) {
        return new LaneLoad(poll, pace, size);
    }

    /** The records by their offsets; null: the worker's own, which are the numbers alone. */
    @Nullable
    LongFunction<SinkRecord> records(String topic) {
        return valueBytes == 0 ? null : offset -> record(topic, offset);
    }

    private SinkRecord record(String topic, long offset) {
        byte[] head = ("0:" + offset + ":").getBytes(US_ASCII);
        byte[] value = Arrays.copyOf(head, Math.max(head.length, valueBytes));
        return new SinkRecord(topic, 0, null, null, null, value, offset, offset, TimestampType.CREATE_TIME);
    }
}
