package io.jetsink.delivery;

import io.jetsink.message.ErrorCode;
import io.jetsink.publish.AssignedPartition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The partitions that are open with this task, and how far each may be committed. Confined to the task thread. */
final class Assignment {
    private static final Duration MAX_FENCED = Duration.ofSeconds(60);

    private final String task;
    private final LongSupplier clock;
    private final Map<TopicPartition, AssignedPartition> open = new HashMap<>();
    /** When each fenced partition was first seen to be fenced. */
    private final Map<TopicPartition, Long> fencedSince = new HashMap<>();

    private long fencings;
    private @Nullable AssignedPartition latest;

    /** @param task its name, for log lines */
    Assignment(String task, LongSupplier clock) {
        this.task = task;
        this.clock = clock;
    }

    void open(TopicPartition id) {
        close(id);
        open.put(id, new AssignedPartition(task, id));
    }

    /** Closes a partition. Ignores one that is not open: Connect's last close may name partitions that are closed already. */
    void close(TopicPartition id) {
        AssignedPartition closed = open.remove(id);
        if (closed != null) {
            closed.close();
        }
        fencedSince.remove(id);
        latest = null;
    }

    int size() {
        return open.size();
    }

    /** Returns the number of open partitions that are fenced. */
    int fenced() {
        return fencedSince.size();
    }

    /** Returns how many partitions were fenced since the task started. */
    long fencings() {
        return fencings;
    }

    Iterable<AssignedPartition> all() {
        return open.values();
    }

    /** Returns the partition that a record was read from, before any transform. Successive records often share one. */
    AssignedPartition of(SinkRecord record) {
        AssignedPartition before = latest;
        if (before != null
                && before.id().partition() == record.originalKafkaPartition()
                && before.id().topic().equals(record.originalTopic())) {
            return before;
        }
        TopicPartition id = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
        latest = open.computeIfAbsent(id, unknown -> new AssignedPartition(task, unknown));
        return latest;
    }

    /**
     * Returns the offset to commit for each partition asked for: the consumer's, the lowest unsettled or the lowest withheld
     * one, whichever is smallest. A fenced partition has none.
     */
    Map<TopicPartition, OffsetAndMetadata> committable(
            Map<TopicPartition, OffsetAndMetadata> consumed, Map<AssignedPartition, Long> lowestUnsettled) {
        Map<TopicPartition, OffsetAndMetadata> safe = new HashMap<>();
        consumed.forEach((id, framework) -> {
            AssignedPartition partition = open.get(id);
            if (partition == null) {
                safe.put(id, framework);
                return;
            }
            long settled =
                    Math.min(framework.offset(), lowestUnsettled.getOrDefault(partition, AssignedPartition.NONE));
            partition.position(settled);
            if (fencedNanos(partition) < 0) {
                long bound = Math.min(settled, partition.bound());
                safe.put(id, framework.offset() <= bound ? framework : new OffsetAndMetadata(bound));
            }
        });
        return safe;
    }

    /** Connect takes a partition away soon after another task has claimed it. If not, two connectors share a name. */
    void throwIfFencedTooLong() {
        for (AssignedPartition partition : open.values()) {
            if (fencedNanos(partition) > MAX_FENCED.toNanos()) {
                throw new ConnectException(ErrorCode.FENCED_FOR_LONG.text(
                        partition.id() + " is fenced: another task has claimed the partition in the"
                                + " stream, and Connect has not revoked it from this task for " + MAX_FENCED.toSeconds()
                                + " s. If a connector of the same name runs on another Connect cluster, change name or"
                                + " exactly.once.marker.prefix of one of them"));
            }
        }
    }

    /** Returns how long ago the partition was found to be fenced, or -1 if it is not fenced. */
    private long fencedNanos(AssignedPartition partition) {
        if (!partition.fenced()) {
            return -1;
        }
        long now = clock.getAsLong();
        Long since = fencedSince.putIfAbsent(partition.id(), now);
        if (since == null) {
            fencings++;
            return 0;
        }
        return now - since;
    }
}
