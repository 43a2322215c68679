package io.jetsink.publish.once;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.config.SinkConfig;
import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.Pending;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;

/** Does for an exactly-once publisher what the pipeline does: a ring of records, epochs, reports of what was rejected. */
final class AtomicTask implements Publisher.Outcomes {
    private static final String CONNECTOR = "c";

    final Map<Integer, AssignedPartition> partitions = new HashMap<>();
    /** Offsets of rejected records, in the order in which they would be reported. */
    final List<Long> reported = new ArrayList<>();

    /** The same as {@code partition:offset}. */
    final List<String> rejections = new ArrayList<>();

    /** Where the consumer is to go on, by partition. */
    final Map<Integer, Long> seeks = new HashMap<>();

    final List<String> losses = new ArrayList<>();
    Throwable definite;

    private final AtomicStream stream;
    private final ExactlyOnceState once;
    private final List<PendingRecord> ring = new ArrayList<>();
    private final BitSet settled = new BitSet();
    private final BitSet rejected = new BitSet();
    private AtomicStream.Link link;
    private AtomicPublisher publisher;
    private int published;
    private boolean over = true;

    AtomicTask(AtomicStream stream, AtomicLong clock, Map<String, String> more) {
        this.stream = stream;
        Map<String, String> props = new HashMap<>(Map.of(
                "name", CONNECTOR,
                "nats.servers", "nats://localhost",
                "jetstream.stream", "S",
                "delivery.guarantee", "exactly-once"));
        props.putAll(more);
        SinkConfig config = SinkConfig.parse(props);
        once = new ExactlyOnceState(
                MarkerSubjects.inStream("m", CONNECTOR),
                config.publish(),
                config.exactlyOnce(),
                new LinkRate(config.publish().maxPendingBytes()),
                clock::get);
        opened(AtomicStream.TARGET);
    }

    /** The stream removes messages of this age. */
    void removeAfter(Duration age) {
        opened(new TargetStream(
                "S",
                StreamConfiguration.builder()
                        .name("S")
                        .subjects(">")
                        .maxAge(age)
                        .build(),
                "$JS.API."));
    }

    private void opened(TargetStream target) {
        once.opened(target, new CapturedSubjects(List.of("orders"), System::nanoTime), BatchLimit.USUAL);
    }

    /** What preCommit does. */
    void commit() {
        publisher.flush();
        publisher.harvest(this);
    }

    long dueNanos() {
        return publisher.dueNanos();
    }

    static String subject(int partition) {
        return "m." + CONNECTOR + ".t." + partition;
    }

    static SinkRecord record(int partition, long offset, long timestamp) {
        return new SinkRecord("t", partition, null, null, null, null, offset, timestamp, TimestampType.CREATE_TIME);
    }

    /** The stay of a partition with this task. */
    AssignedPartition open(int partition) {
        return partitions.computeIfAbsent(
                partition, number -> new AssignedPartition("task-0", new TopicPartition("t", number)));
    }

    /** Connect revokes the partition. */
    void close(int partition) {
        partitions.remove(partition).close();
    }

    void admit(int partition, long offset) {
        admit(partition, offset, partition + ":" + offset, 1_000 + offset);
    }

    /** A message that is to be the only one of its subject. */
    void admitRollup(int partition, long offset) {
        admit(partition, offset, partition + ":" + offset, 1_000 + offset, new Headers().put("Nats-Rollup", "sub"));
    }

    void admit(int partition, long offset, String payload, long timestamp) {
        admit(partition, offset, payload, timestamp, new Headers());
    }

    private void admit(int partition, long offset, String payload, long timestamp, Headers headers) {
        AssignedPartition stay = open(partition);
        stay.admitted(offset);
        ring.add(new Pending(
                stay,
                record(partition, offset, timestamp),
                new OutboundMessage("t." + partition, headers, payload.getBytes(UTF_8))));
    }

    /** The epoch is over. */
    void disconnect() {
        if (link != null) {
            link.closed = true;
        }
        over = true;
    }

    /** What one put does. */
    void put() throws Exception {
        if (publisher != null) {
            publisher.harvest(this);
        }
        if (over) {
            link = stream.new Link();
            publisher = new AtomicPublisher(link.connection(), once, link.requests());
            published = settled.nextClearBit(0);
            over = false;
        }
        report();
        publisher.assigned(partitions.values());
        while (published < ring.size() && published - settled.nextClearBit(0) < publisher.window()) {
            PendingRecord next = ring.get(published);
            if (next.partition().abandoned()) {
                settled.set(published);
            }
            if (!settled.get(published)) {
                if (rejected.get(published)) {
                    break;
                }
                Publisher.Look look = publisher.look(next);
                if (look == Publisher.Look.STORED) {
                    settled.set(published);
                } else if (look == Publisher.Look.LATER || !publisher.publish(published, next)) {
                    break;
                }
            }
            published++;
        }
        publisher.flush();
    }

    private void report() {
        for (int head = settled.nextClearBit(0); rejected.get(head); head = settled.nextClearBit(0)) {
            if (!ring.get(head).partition().abandoned()) {
                long offset = ring.get(head).record().originalKafkaOffset();
                reported.add(offset);
                rejections.add(ring.get(head).partition().id().partition() + ":" + offset);
                publisher.rejected(ring.get(head));
            }
            settled.set(head);
            published = Math.max(published, head + 1);
        }
    }

    /** Who claims last owns a partition, so one that is no longer assigned must not claim. */
    void closeUnclaimed() {
        partitions.values().stream()
                .filter(partition -> !once.claim(partition).isHeld())
                .forEach(AssignedPartition::close);
    }

    boolean isDrained() {
        return settled.nextClearBit(0) >= ring.size();
    }

    int settled() {
        return settled.cardinality();
    }

    /** How far may be committed, if the consumer is here. */
    long committable(int number, long consumer) {
        AssignedPartition partition = partitions.get(number);
        if (partition == null) {
            return consumer;
        }
        long lowest = consumer;
        for (int at = settled.nextClearBit(0); at < ring.size(); at = settled.nextClearBit(at + 1)) {
            if (ring.get(at).partition() == partition) {
                lowest = Math.min(lowest, ring.get(at).record().originalKafkaOffset());
            }
        }
        partition.position(lowest);
        return Math.min(lowest, partition.bound());
    }

    @Override
    public void settled(long position) {
        settled.set((int) position);
    }

    @Override
    public void duplicate(long position) {
        throw new AssertionError("exactly-once has no ids");
    }

    @Override
    public void settledThrough(long position) {
        throw new AssertionError("not cumulative");
    }

    @Override
    public void unsent(long position) {
        published = Math.max(settled.nextClearBit(0), Math.min(published, (int) position));
    }

    @Override
    public void resumeAt(AssignedPartition partition, long offset) {
        for (int at = published; at < ring.size(); at++) {
            if (ring.get(at).partition() == partition) {
                settled.set(at);
            }
        }
        partition.dropped();
        seeks.put(partition.id().partition(), offset);
    }

    @Override
    public void failed(long position, Throwable cause) {
        if (FailureTriage.verdictOf(cause) == FailureTriage.Verdict.REJECT) {
            rejected.set((int) position);
        } else {
            epochFailed(cause);
        }
    }

    @Override
    public void epochFailed(Throwable cause) {
        if (FailureTriage.verdictOf(cause) == FailureTriage.Verdict.STOP) {
            definite = cause;
        } else {
            losses.add(FailureTriage.describe(cause));
            disconnect();
        }
    }
}
