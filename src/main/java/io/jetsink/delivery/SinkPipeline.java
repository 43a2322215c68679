package io.jetsink.delivery;

import io.jetsink.config.PublishSettings;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.EpochSupervisor;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.Publisher;
import io.jetsink.translate.RecordTranslator;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Carries records from {@code put} to {@code preCommit}: admits them, has them published within the window, settles them by
 * their outcomes, and returns the offsets that Connect may commit. A fault rewinds the ring, and the next epoch sends the
 * unsettled records again. A stalled target pauses the consumer. Neither fails the task.
 *
 * <p>Confined to the task thread, the only one that uses the task's context.
 */
public final class SinkPipeline {
    // A worker gives all its tasks five seconds together to stop, and the task cannot see a stop coming.
    private static final long PUT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long COMMIT_NANOS = Duration.ofMillis(1500).toNanos();

    private final String name;
    private final EpochSupervisor supervisor;
    private final RejectReporter rejects;
    private final TaskMetrics metrics;
    private final LongSupplier clock;

    private final InFlightRing ring;
    private final Assignment partitions;
    private final DuplicateLog duplicates;

    private final ConsumerControl consumer;
    private final StallWatch stall;
    private final AckTimer timer;
    private final TaskFailures failures;
    private final PublishLoop loop;
    private final Gauges gauges;
    private final Publisher.Outcomes outcomes = new Settling();
    private boolean epochHasStored;
    /** The publisher of the ring's epoch, which may be over; see {@link #openPublisher()}. */
    private @Nullable Publisher publisher;

    /** @param name of the task, for log lines */
    public SinkPipeline(
            String name,
            SinkTaskContext context,
            RecordTranslator translator,
            EpochSupervisor supervisor,
            RejectReporter rejects,
            PublishSettings settings,
            LinkRate rate,
            TaskMetrics metrics,
            LongSupplier clock) {
        this.name = name;
        this.supervisor = supervisor;
        this.rejects = rejects;
        this.metrics = metrics;
        this.clock = clock;
        this.ring = new InFlightRing(metrics.acks());
        this.partitions = new Assignment(name, clock);
        this.duplicates = new DuplicateLog(name);
        this.consumer = new ConsumerControl(context, ring);
        this.stall = new StallWatch(clock, rate, settings.ackTimeout());
        this.timer = new AckTimer(rate, clock);
        this.failures = new TaskFailures(name, supervisor, settings.retryTimeout());
        this.loop = new PublishLoop(ring, translator, rate, stall, timer, failures, metrics, clock);
        this.gauges = new Gauges(name, metrics, timer, ring, partitions, consumer, clock);
        rate.counts(ring::bytesInFlight);
    }

    public void open(Collection<TopicPartition> opened) {
        opened.forEach(partitions::open);
        consumer.pauseOrResume(opened);
    }

    public void close(Collection<TopicPartition> closed) {
        closed.forEach(partitions::close);
    }

    /**
     * Admits the records and publishes as many as fit.
     *
     * @throws ConnectException if the task has to fail: a record was rejected and {@code errors.tolerance=none}, an outage
     *     outlasted {@code publish.retry.timeout.ms}, or the configuration is wrong
     */
    public void put(Collection<SinkRecord> records) throws InterruptedException {
        if (ring.isEmpty()) {
            stall.resetOutage();
        }
        gauges.enter();
        long now = clock.getAsLong();
        metrics.delivered(records.size());
        for (SinkRecord record : records) {
            AssignedPartition partition = partitions.of(record);
            partition.admitted(record.originalKafkaOffset());
            ring.admit(partition, record, now);
        }
        consumer.applySeeks();
        long deadline = now + PUT_NANOS;
        do {
            catchUp();
            failures.throwIfFatal();
            consumer.applySeeks();
            reportRejects();
            loop.publishWhatFits(openPublisher(), partitions.all());
        } while (ring.unsent() > 0 && loop.awaitRoom(openPublisher(), deadline - clock.getAsLong()));
        // The messages just published may complete a batch, and the next call may be a whole poll away.
        catchUp();
        if (!ring.isEmpty()) {
            failures.throwIfOutageIsTooLong(stall);
        }
        partitions.throwIfFencedTooLong();
        consumer.pauseIf(ring.unsent() > 0);
        flushWhenIdle(records.isEmpty());
        consumer.requestNextCall(openPublisher(), publisher, isStalled() || failures.isTranslationBlocked());
        gauges.leave(openPublisher(), isStalled());
    }

    /**
     * Returns the offsets that Connect may commit, see {@link Assignment#committable}. Connect may be about to take
     * partitions away without saying so. Therefore the messages in flight are flushed and awaited first, so that a clean
     * rebalance causes no duplicate. Publishes nothing new and never throws.
     */
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
        gauges.enter();
        catchUp();
        drainInFlight();
        Map<TopicPartition, OffsetAndMetadata> safe = partitions.committable(current, ring.lowestUnsettled());
        if (!ring.isEmpty() || consumer.hasSeeks()) {
            consumer.requestCall();
        }
        gauges.leave(openPublisher(), isStalled());
        return safe;
    }

    /** Harvests outcomes, advances the ring, follows the supervisor into its next epoch, and watches for a stall. */
    private void catchUp() {
        Publisher next = supervisor.currentPublisher();
        if (publisher != null) {
            int before = publisher.window();
            metrics.acks().begin(clock.getAsLong());
            publisher.harvest(outcomes);
            metrics.acks().end();
            if (publisher.window() > before) {
                stall.replied(timer.replied());
            }
        }
        boolean moved = ring.advance();
        timer.settled(ring.settled());
        if (moved) {
            stall.settled();
            if (epochHasStored) {
                reportProgress();
            }
        }
        if (next != null && next != publisher) {
            // The epoch before has reported everything that it will ever know.
            loop.rewind(ring.settled());
            publisher = next;
            epochHasStored = false;
            stall.restart();
        } else if (!moved && ring.inFlight() > 0 && ring.rejectedHead() == null) {
            Publisher open = openPublisher();
            if (open != null) {
                stall.check(open, ring.head(), supervisor);
            }
        }
    }

    private void reportProgress() {
        supervisor.reportProgress();
        gauges.progress();
    }

    private void drainInFlight() {
        long deadline = clock.getAsLong() + COMMIT_NANOS;
        Publisher open = openPublisher();
        if (open == null || isStalled()) {
            return;
        }
        try {
            open.flush();
            while (ring.inFlight() > 0 && openPublisher() == open) {
                long left = deadline - clock.getAsLong();
                if (left <= 0 || !loop.await(open, ring.published() - 1, left)) {
                    return;
                }
                catchUp();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends an open batch when the topic is idle or an outcome is overdue: the server discards a batch that stays open. */
    private void flushWhenIdle(boolean nothingCame) {
        Publisher open = openPublisher();
        if (open != null && ring.inFlight() > 0) {
            boolean allSent = ring.unsent() == 0 && (nothingCame || stall.lingers());
            if (allSent || stall.noOutcomeFor(Publisher.FLUSH_AFTER.toNanos())) {
                open.flush();
            }
        }
    }

    /** Reports rejected records in order, each only when everything before it is settled. */
    private void reportRejects() throws InterruptedException {
        for (Slot head = ring.rejectedHead(); head != null; head = ring.rejectedHead()) {
            RejectedRecordException why = head.rejection();
            if (why != null && !head.isOrphan()) {
                if (!rejects.report(head.record(), why)) {
                    return;
                }
                metrics.rejected(why.code());
                if (publisher != null) {
                    publisher.rejected(head);
                }
            }
            ring.settleHead();
            stall.settledUnsent();
        }
    }

    /** Returns the publisher if its epoch is still open, else null. */
    private @Nullable Publisher openPublisher() {
        return publisher != null && supervisor.currentPublisher() == publisher ? publisher : null;
    }

    /** Returns the longest time in milliseconds for which records waited and none was settled. */
    public long longestStallMillis() {
        return stall.longestMillis(!ring.isEmpty());
    }

    private boolean isStalled() {
        return ring.inFlight() > 0 && stall.isStalled();
    }

    /** Applies the outcomes that the publisher reports to the ring. */
    private final class Settling implements Publisher.Outcomes {
        @Override
        public void settled(long position) {
            epochHasStored = true;
            ring.ack(position);
        }

        @Override
        public void duplicate(long position) {
            Slot slot = ring.unsettled(position);
            if (slot != null) {
                metrics.duplicate();
                if (!ring.mayHaveBeenSent(position)) {
                    duplicates.warn(slot);
                }
            }
            settled(position);
        }

        @Override
        public void settledThrough(long position) {
            epochHasStored = true;
            ring.ackThrough(position);
        }

        @Override
        public void batched(long messages, boolean first) {
            metrics.batched(messages, first);
        }

        @Override
        public void unsent(long position) {
            loop.rewind(position);
        }

        @Override
        public void resumeAt(AssignedPartition partition, long offset) {
            consumer.seek(partition, offset);
        }

        @Override
        public void failed(long position, Throwable cause) {
            if (FailureTriage.verdictOf(cause) == FailureTriage.Verdict.REJECT) {
                String reason = "the server refused the message: " + FailureTriage.describe(cause);
                ring.reject(position, new RejectedRecordException(FailureTriage.rejectionOf(cause), reason, cause));
                // A refusal proves that the stream answers.
                reportProgress();
            } else {
                epochFailed(cause);
            }
        }

        @Override
        public void epochFailed(Throwable cause) {
            if (FailureTriage.verdictOf(cause) == FailureTriage.Verdict.STOP) {
                failures.fatal(
                        new ConnectException(FailureTriage.codeOf(cause).text(FailureTriage.describe(cause)), cause));
            } else if (publisher != null) {
                supervisor.giveUp(publisher, cause);
            }
        }
    }
}
