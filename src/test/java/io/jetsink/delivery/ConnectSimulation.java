package io.jetsink.delivery;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.MetricsSettings;
import io.jetsink.delivery.Delivery.Fate;
import io.jetsink.delivery.Delivery.Stay;
import io.jetsink.delivery.PipelineFixture.Options;
import io.jetsink.message.OutboundMessage;
import io.jetsink.metrics.MetricReader;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.AssignedPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * A worker, its consumer and the broker around one pipeline, driven at random from a seed, with a model of lists and maps
 * beside it that knows the expected state. Follows WorkerSinkTask: the order of preCommit, close and commit, remembered
 * pauses, redelivery from the committed offset, rewinds within an assignment.
 */
final class ConnectSimulation {
    private static final Duration PUT = Duration.ofSeconds(1);
    private static final Duration COMMIT = Duration.ofMillis(1500);
    private static final int PATIENCE = 2000;

    private enum Call {
        NONE,
        PUT,
        PRE_COMMIT
    }

    private final long seed;
    private final Random random;
    private final Tampering tampering;
    private final Options options;
    private final ManualClock clock = new ManualClock();
    private final FakeContext context;
    private final FakeSupervisor link = new FakeSupervisor();
    private final TaskMetrics metrics;
    private final SinkPipeline pipeline;
    private final List<Source> sources;
    private final Map<Integer, Delivery> inPipeline = new HashMap<>();
    /** Assignments of which the publisher has seen a record. */
    private final Set<AssignedPartition> begun = Collections.newSetFromMap(new IdentityHashMap<>());

    private @Nullable ModelPublisher publisher;
    private Call call = Call.NONE;
    private int deliveries;
    /** All tombstones before this delivery have been passed over. */
    private int latestSent;

    private long step;
    private boolean healthy;

    ConnectSimulation(long seed, Tampering tampering) {
        this.seed = seed;
        this.random = new Random(seed);
        this.tampering = tampering;
        this.options = Options.DEFAULT
                .window(1 << random.nextInt(7))
                .maxBytes(random.nextBoolean() ? 1 << 20 : 60)
                .tombstones(random.nextBoolean() ? TombstonePolicy.SKIP : TombstonePolicy.PUBLISH);
        this.context = new FakeContext(tampering::resumes);
        this.context.onSeek(this::sought);
        this.metrics = new TaskMetrics(new MetricsSettings(true, true), clock, () -> 0);
        this.pipeline = PipelineFixture.pipeline(
                options, context, link, this::report, PipelineFixture.fast(options.maxBytes()), metrics, clock);
        this.sources = IntStream.range(0, 4)
                .mapToObj(i -> new Source(new TopicPartition(i < 2 ? "orders" : "items", i % 2)))
                .toList();
    }

    /** Runs this many random steps. From time to time all faults end, and every record has to be settled. */
    void run(int steps) {
        int calm = 1000 + random.nextInt(2000);
        for (step = 0; step < steps; step++) {
            if (step % calm == calm - 1) {
                drain();
            } else {
                act();
            }
        }
        drain();
    }

    private void act() {
        switch (random.nextInt(20)) {
            case 0, 1 -> source().end += random.nextInt(random.nextInt(500) == 0 ? 2000 : 20);
            case 2, 3, 4, 5, 6, 7 -> poll();
            case 8, 9, 10, 11, 12 -> work(random.nextInt(16));
            case 13, 14 -> clock.advance(Duration.ofMillis(random.nextInt(60)));
            case 15 -> commit(assigned(), random.nextInt(10) == 0);
            default -> rarely();
        }
    }

    private void rarely() {
        switch (random.nextInt(10)) {
            case 0 -> link.lose();
            case 1, 2, 3 -> beginEpoch();
            case 4 -> revoke(some(assigned()), random.nextInt(4) == 0);
            case 5, 6 ->
                assign(some(sources.stream().filter(s -> s.stay == null).toList()));
            case 7 -> rebalanceEagerly();
            case 8 -> rewind();
            default -> clock.advance(Duration.ofMillis(random.nextInt(6000)));
        }
    }

    // The worker.

    private void poll() {
        assigned().forEach(Source::seek);
        List<SinkRecord> records = new ArrayList<>();
        for (Source source : assigned()) {
            if (!context.isPaused(source.id)) {
                long until =
                        Math.min(source.end, source.position + random.nextInt(random.nextInt(200) == 0 ? 2000 : 30));
                for (; source.position < until; source.position++) {
                    if (source.exists(source.position)) {
                        records.add(deliver(source, source.position));
                    }
                }
            }
        }
        long before = clock.getAsLong();
        call = Call.PUT;
        try {
            pipeline.put(records);
        } catch (InterruptedException | RuntimeException e) {
            throw broken("put never throws for an outage", e);
        }
        call = Call.NONE;
        check(clock.since(before).compareTo(PUT) <= 0, "put takes a second at most", clock.since(before));
        checkPauses();
        checkCounters(MetricReader.total(metrics, "nats-inflight-records")
                + MetricReader.total(metrics, "nats-waiting-records"));
        for (Source source : assigned()) {
            source.consumed = source.position;
        }
        context.takeTimeout();
    }

    /** The task has dropped the records of a partition and seeks. */
    private void sought(TopicPartition partition, long offset) {
        Source source = source(partition);
        check(call == Call.PUT, "only put seeks", partition);
        check(source.stay != null, "nothing of a closed partition is sought", partition);
        if (tampering.seeks()) {
            source.sendBack(offset);
        }
    }

    private SinkRecord deliver(Source source, long offset) {
        Stay stay = source.stay;
        if (stay == null) {
            throw new IllegalStateException("records only come from partitions that are assigned");
        }
        Fate fate = source.fate(offset, options.tombstones() == TombstonePolicy.SKIP);
        Delivery delivery = new Delivery(deliveries++, stay, offset, fate);
        source.deliveries.add(delivery);
        inPipeline.put(delivery.id, delivery);
        if (delivery.settled) {
            source.settled.set((int) offset);
        }
        return delivery.record();
    }

    private void commit(List<Source> asked, boolean brokerFails) {
        Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();
        asked.forEach(source -> consumed.put(source.id, new OffsetAndMetadata(source.consumed)));
        if (consumed.isEmpty()) {
            return;
        }
        boolean down = link.currentPublisher() == null;
        long before = clock.getAsLong();
        call = Call.PRE_COMMIT;
        Map<TopicPartition, OffsetAndMetadata> safe =
                tampering.offsets(pipeline.preCommit(new HashMap<>(consumed)), consumed);
        call = Call.NONE;
        Duration took = clock.since(before);
        check(took.compareTo(COMMIT) <= 0, "preCommit takes a second and a half at most", took);
        check(!down || took.isZero(), "preCommit waits for nothing while the link is down", took);
        check(safe.keySet().equals(consumed.keySet()), "preCommit answers what it is asked", safe);
        for (Source source : asked) {
            long offset = safe.get(source.id).offset();
            checkOffset(source, offset);
            if (!brokerFails) {
                source.committed = offset;
                long lost = source.firstLost();
                check(lost < 0, "nothing is lost", source.id, lost);
            }
        }
    }

    private void revoke(List<Source> revoked, boolean lost) {
        revoked.forEach(Source::seek);
        if (!lost) {
            commit(revoked, random.nextInt(10) == 0);
        }
        List<TopicPartition> ids = ids(revoked);
        if (tampering.closes()) {
            pipeline.close(ids);
        }
        context.revoke(ids);
        revoked.forEach(Source::leave);
    }

    private void assign(List<Source> assigned) {
        List<TopicPartition> ids = ids(assigned);
        context.assign(ids);
        assigned.forEach(Source::arrive);
        pipeline.open(ids);
        checkPauses();
    }

    private void rebalanceEagerly() {
        List<Source> all = assigned();
        revoke(all, false);
        assign(all);
    }

    /** Offsets go backward: within an assignment, as after a failed commit, or between two, as after altered offsets. */
    private void rewind() {
        Source source = source();
        if (source.stay == null) {
            source.committed = Math.max(0, source.committed - random.nextInt(30));
        } else {
            source.rewind();
        }
    }

    // The link.

    private void beginEpoch() {
        if (link.currentPublisher() == null) {
            if (publisher != null) {
                publisher.end();
            }
            publisher = new ModelPublisher(this, random, tampering, options);
            if (healthy) {
                publisher.heal();
            }
            link.open(publisher);
        }
    }

    private void work(int messages) {
        if (publisher != null) {
            publisher.work(messages);
        }
    }

    /** Without faults, all records of the topics are settled and committed, and no partition stays paused. */
    private void drain() {
        healthy = true;
        if (publisher != null) {
            publisher.heal();
        }
        assign(sources.stream().filter(source -> source.stay == null).toList());
        int rounds = 0;
        while (sources.stream().anyMatch(source -> source.position < source.end)
                || !context.paused().isEmpty()) {
            check(rounds++ < PATIENCE, "things move again when the target does", context.paused());
            calmRound();
        }
        // An answer that was lost in worse times is missed for three ack timeouts at most.
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofSeconds(1));
            calmRound();
        }
        commit(sources, false);
        for (Source source : sources) {
            check(
                    source.committed == source.end,
                    "everything is committed in the end",
                    source.id,
                    source.committed,
                    source.end);
        }
        checkCounters(0);
        inPipeline.clear();
        healthy = false;
        link.lose();
    }

    private void calmRound() {
        clock.advance(Duration.ofMillis(50));
        beginEpoch();
        work(Integer.MAX_VALUE);
        poll();
    }

    // The model's questions.

    private void checkOffset(Source source, long offset) {
        check(offset <= source.consumed, "no offset beyond what was consumed", source.id, offset, source.consumed);
        source.deliveries.removeIf(delivery ->
                delivery.settled && delivery.told && (delivery.id < latestSent || delivery.fate != Fate.TOMBSTONE));
        long lowest = source.consumed;
        for (Delivery delivery : source.deliveries) {
            check(
                    delivery.settled || offset <= delivery.offset,
                    "no offset beyond what is not settled",
                    offset,
                    delivery);
            lowest = Math.min(lowest, delivery.offset);
        }
        if (source.held >= 0) {
            check(offset <= source.held, "no offset beyond what is not settled", source.id, offset, source.held);
            lowest = Math.min(lowest, source.held);
        }
        check(offset >= lowest, "what was told is committed", source.id, offset, lowest);
    }

    /** @param held records between the settled and the admitted cursor, some of which may be settled */
    private void checkCounters(long held) {
        long unsettled = MetricReader.total(metrics, "nats-records-total") - MetricReader.ended(metrics);
        check(unsettled >= 0 && unsettled <= held, "each record is counted once at its end", unsettled, held);
    }

    private void checkPauses() {
        Set<TopicPartition> paused = context.paused();
        check(paused.isEmpty() || paused.equals(context.assignment()), "all are paused, or none", paused);
    }

    private CompletableFuture<Void> report(SinkRecord record, Throwable why) {
        Delivery delivery = delivery(record);
        check(call == Call.PUT, "rejects are reported in put", delivery);
        check(!delivery.stay.closed, "nothing of a closed partition is reported", delivery);
        check(delivery.rejectable() && !delivery.told, "each reject is reported once", delivery, why);
        for (Source source : sources) {
            for (Delivery other : source.deliveries) {
                check(other.told || other.id >= delivery.id, "rejects are reported in order", delivery, other);
            }
        }
        delivery.told = true;
        if (tampering.reports(delivery)) {
            stored(delivery);
        }
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Returns the offset to which the consumer has to seek before this first record of an assignment, or -1. A consumer that
     * begins too far is found out at its first record.
     */
    long back(AssignedPartition stay, Delivery delivery) {
        Source source = source(stay.id());
        if (source.held >= 0) {
            source.held = -1;
            stay.release();
        }
        if (!begun.add(stay) || healthy || random.nextInt(4) > 0) {
            return -1;
        }
        source.held = Math.max(0, delivery.offset - random.nextInt(20));
        stay.hold(source.held);
        return source.held;
    }

    /** Whether the stream holds the record from an earlier delivery. */
    boolean isHeld(Delivery delivery) {
        return delivery.fate == Fate.STORED
                && source(delivery.stay.partition).settled.get((int) delivery.offset)
                && random.nextInt(3) == 0;
    }

    Delivery delivery(SinkRecord record) {
        return delivery((String) record.key());
    }

    /** The pipeline is publishing to this publisher: may it? */
    void publishing(ModelPublisher to, Delivery delivery) {
        check(call == Call.PUT, "only put publishes", delivery);
        check(link.currentPublisher() == to, "only the open epoch is published to", delivery);
        check(!delivery.stay.closed, "nothing of a closed partition is published", delivery);
        check(!delivery.told, "nothing that is settled is published again", delivery);
        latestSent = Math.max(latestSent, delivery.id);
    }

    /** The server has it. */
    void stored(Delivery delivery) {
        delivery.settled = true;
        source(delivery.stay.partition).settled.set((int) delivery.offset);
    }

    /** Called during a wait of at most this many nanoseconds. */
    void waiting(ModelPublisher on, long nanos) {
        if (healthy) {
            on.work(Integer.MAX_VALUE);
            clock.advance(nanos / 4 + 1);
            return;
        }
        on.work(random.nextInt(40));
        if (random.nextInt(50) == 0) {
            link.lose();
        }
        clock.advance(random.nextBoolean() ? nanos : random.nextLong(nanos) + 1);
    }

    Delivery delivery(OutboundMessage message) {
        return delivery(new String(message.payload(), StandardCharsets.UTF_8));
    }

    private Delivery delivery(String id) {
        Delivery delivery = inPipeline.get(Integer.valueOf(id));
        if (delivery == null) {
            throw broken("only what was delivered is published or reported", new IllegalArgumentException(id));
        }
        return delivery;
    }

    void check(boolean kept, String promise, Object... details) {
        if (!kept) {
            throw broken(promise + ": " + Arrays.toString(details), null);
        }
    }

    private AssertionError broken(String promise, @Nullable Throwable cause) {
        return new AssertionError("broken in step " + step + " of seed " + seed + ": " + promise, cause);
    }

    private Source source() {
        return sources.get(random.nextInt(sources.size()));
    }

    private Source source(TopicPartition id) {
        return sources.stream()
                .filter(source -> source.id.equals(id))
                .findFirst()
                .orElseThrow();
    }

    private List<Source> assigned() {
        return sources.stream().filter(source -> source.stay != null).toList();
    }

    private List<Source> some(List<Source> of) {
        return of.stream().filter(source -> random.nextBoolean()).toList();
    }

    private static List<TopicPartition> ids(List<Source> of) {
        return of.stream().map(source -> source.id).toList();
    }
}
