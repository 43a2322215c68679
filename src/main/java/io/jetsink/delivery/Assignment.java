package io.jetsink.delivery;

import io.jetsink.publish.AssignedPartition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The partitions that are open with this task. Confined to the task thread. */
final class Assignment {
    private static final long FENCED_NANOS = Duration.ofSeconds(60).toNanos();

    private final Map<TopicPartition, AssignedPartition> open = new HashMap<>();
    private @Nullable AssignedPartition latest;

    void open(TopicPartition id) {
        close(id);
        open.put(id, new AssignedPartition(id));
    }

    /** Tolerates what is not open: Connect's last close may name partitions that went before. */
    void close(TopicPartition id) {
        AssignedPartition closed = open.remove(id);
        if (closed != null) {
            closed.close();
        }
        latest = null;
    }

    @Nullable
    AssignedPartition get(TopicPartition id) {
        return open.get(id);
    }

    Iterable<AssignedPartition> all() {
        return open.values();
    }

    /** The partition a record was read from, whatever transforms made of its topic. Batches come in runs of one. */
    AssignedPartition of(SinkRecord record) {
        AssignedPartition before = latest;
        if (before != null
                && before.id().partition() == record.originalKafkaPartition()
                && before.id().topic().equals(record.originalTopic())) {
            return before;
        }
        TopicPartition id = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
        AssignedPartition found = open.computeIfAbsent(id, AssignedPartition::new);
        latest = found;
        return found;
    }

    /** A partition that another task has claimed is about to be taken away. If it is not, two connectors share a name. */
    void throwIfFencedForLong() {
        for (AssignedPartition partition : open.values()) {
            if (partition.fencedForNanos() > FENCED_NANOS) {
                throw new ConnectException(
                        partition.id() + " is fenced: another task writes it into the stream, and Connect"
                                + " has left it with this one for a minute. Is there a connector of the same name on another"
                                + " Connect cluster? Then change name or exactly.once.marker.prefix of one of them");
            }
        }
    }
}
