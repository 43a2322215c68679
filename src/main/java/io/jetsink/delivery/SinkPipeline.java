package io.jetsink.delivery;

import io.jetsink.config.PublishSettings;
import io.jetsink.message.Coordinates;
import io.jetsink.message.LogSafeText;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.EpochSupervisor;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.Publisher;
import io.jetsink.translate.RecordTranslator;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of the records from {@code put} to {@code preCommit}: admit, translate, publish within the window, settle, and
 * tell Connect how far it may commit. A fault rewinds the ring and the next epoch sends again what is unsettled; a target
 * that stands still pauses the consumer; neither fails the task nor bothers Connect.
 *
 * <p><b>Threads.</b> Confined to the task thread. It is the only one that touches the task's context.
 */
public final class SinkPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(SinkPipeline.class);
    // A worker gives all its tasks five seconds together to stop, and the task cannot see a stop coming.
    private static final long PUT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long COMMIT_NANOS = Duration.ofMillis(1500).toNanos();
    /** Half the time after which a server forgets a batch that nothing more comes for. */
    private static final long FORGOTTEN_NANOS = Duration.ofSeconds(5).toNanos();

    private static final long SOON_MS = 1;
    private static final long LATER_MS = 50;
    private static final long DOWN_MS = 1_000;

    private final SinkTaskContext context;
    private final RecordTranslator translator;
    private final EpochSupervisor link;
    private final RejectReporter rejects;
    private final PublishSettings settings;
    private final LinkRate rate;
    private final LongSupplier clock;

    private final InFlightRing ring = new InFlightRing();
    private final Assignment partitions = new Assignment();
    private final DuplicateWarnings duplicates = new DuplicateWarnings();
    private final Returns returns;
    private final ConsumerPause backPressure;
    private final StallWatch progress;
    private final AckTimer timer;
    private final LookAhead ahead;
    private final Publisher.Outcomes outcomes = new Settling();

    /** The publisher whose epoch the ring is in; it may be over, see {@link #linkIsUp()}. */
    private @Nullable Publisher publisher;
    /** Whether this epoch has stored anything. */
    private boolean proven;

    private @Nullable ConnectException definite;
    /** Why a record waits to be translated; null: none does. */
    private @Nullable String untranslatable;

    public SinkPipeline(
            SinkTaskContext context,
            RecordTranslator translator,
            EpochSupervisor link,
            RejectReporter rejects,
            PublishSettings settings,
            LinkRate rate,
            LongSupplier clock) {
        this.context = context;
        this.translator = translator;
        this.link = link;
        this.rejects = rejects;
        this.settings = settings;
        this.rate = rate;
        this.clock = clock;
        this.returns = new Returns(context, ring);
        this.backPressure = new ConsumerPause(context);
        this.progress = new StallWatch(clock, settings.ackTimeout());
        this.timer = new AckTimer(rate, clock);
        this.ahead = new LookAhead(ring, translator);
        rate.counts(ring::bytesInFlight);
    }

    public void open(Collection<TopicPartition> opened) {
        opened.forEach(partitions::open);
        backPressure.opened(opened);
    }

    public void close(Collection<TopicPartition> closed) {
        closed.forEach(partitions::close);
    }

    /**
     * Admits the records and publishes what fits.
     *
     * @throws ConnectException if the task is to fail: a record was rejected and {@code errors.tolerance=none}, an outage
     *     outlasted {@code publish.retry.timeout.ms}, or the configuration is wrong for certain
     */
    public void put(Collection<SinkRecord> records) throws InterruptedException {
        if (ring.isEmpty()) {
            progress.noOutage();
        }
        timer.arrive();
        for (SinkRecord record : records) {
            AssignedPartition partition = partitions.of(record);
            partition.admitted(record.originalKafkaOffset());
            ring.admit(partition, record);
        }
        returns.apply();
        long deadline = clock.getAsLong() + PUT_NANOS;
        do {
            tend();
            throwIfDefinite();
            returns.apply();
            reportRejects();
            publishWhatFits();
        } while (ring.unsent() > 0 && awaitRoom(deadline - clock.getAsLong()));
        // What was handed over may make a batch full, and the next call is a poll away.
        tend();
        throwIfOutageIsTooLong();
        partitions.throwIfFencedForLong();
        backPressure.apply(ring.unsent() > 0);
        endWhatIsInHand(records.isEmpty());
        if (!ring.isEmpty()) {
            boolean moves = linkIsUp() && !standsStill() && untranslatable == null;
            context.timeout(backPressure.isOn() && moves ? SOON_MS : LATER_MS);
        } else if (publisher != null) {
            comeBackWhenDue(publisher);
        }
        timer.leave();
    }

    /** Connect calls an idle task once in a commit interval, which may be hours. */
    private void comeBackWhenDue(Publisher idle) {
        long due = idle.dueNanos();
        if (due != Long.MAX_VALUE) {
            context.timeout(Math.max(due / 1_000_000, linkIsUp() ? LATER_MS : DOWN_MS));
        }
    }

    /**
     * How far Connect may commit: for each partition asked for, the framework's offset or the lowest that is unsettled,
     * whichever is smaller. Connect may be about to take partitions away and does not say so; therefore what is in flight
     * is ended and awaited first, so that a clean rebalance leaves no duplicate. Publishes nothing new and never throws.
     */
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> current) {
        timer.arrive();
        tend();
        if (linkIsUp() && !standsStill()) {
            settleWhatIsInFlight();
        }
        partitions.all().forEach(AssignedPartition::forgetUnsettled);
        ring.noteUnsettled();
        Map<TopicPartition, OffsetAndMetadata> safe = new HashMap<>();
        current.forEach((id, framework) -> {
            AssignedPartition partition = partitions.get(id);
            if (partition != null) {
                partition.position(framework.offset());
            }
            if (partition == null || !partition.fenced()) {
                long bound = partition == null ? AssignedPartition.NONE : partition.bound();
                safe.put(id, framework.offset() <= bound ? framework : new OffsetAndMetadata(bound));
            }
        });
        if (!ring.isEmpty() || !returns.isEmpty()) {
            context.timeout(LATER_MS);
        }
        timer.leave();
        return safe;
    }

    /** Takes in what is known, follows the link into its next epoch, and watches that things move. */
    private void tend() {
        Publisher next = link.current();
        if (publisher != null) {
            int before = publisher.window();
            publisher.harvest(outcomes);
            if (publisher.window() > before) {
                progress.answered(timer.answered());
            }
        }
        boolean moved = ring.advance();
        timer.settled(ring.settled());
        if (moved) {
            progress.settled();
            if (proven) {
                link.progressed();
            }
        }
        if (next != null && next != publisher) {
            begin(next);
        } else if (!moved && publisher != null && linkIsUp() && ring.inFlight() > 0 && ring.rejectedHead() == null) {
            watch(publisher);
        }
    }

    /** The epoch before has told all it knew: what is unsettled is sent again. */
    private void begin(Publisher next) {
        rewind(ring.settled());
        publisher = next;
        proven = false;
        progress.newEpoch();
    }

    private void rewind(long position) {
        ring.rewind(position);
        ahead.rewind();
        timer.forget();
    }

    /** No ack for too long: is the link dead, or does the stream only elect a leader? */
    private void watch(Publisher watched) {
        long ahead = rate.aheadNanos();
        switch (progress.look(ahead)) {
            case PROBE -> {
                IOException elsewhere = watched.ackedElsewhere();
                if (elsewhere == null) {
                    link.probe(watched, Duration.ofNanos(ahead));
                } else {
                    link.giveUp(watched, elsewhere);
                }
            }
            case GIVE_UP -> {
                rate.timedOut();
                link.giveUp(
                        watched,
                        new ConnectException("no ack for "
                                + 3 * settings.ackTimeout().toMillis()
                                + " ms, three times publish.ack.timeout.ms, beyond the "
                                + Duration.ofNanos(ahead).toMillis() + " ms that what is in flight needs"));
            }
            case FINE -> {
                // Go on.
            }
        }
    }

    private void publishWhatFits() {
        Publisher open = publisher;
        if (open == null || !linkIsUp()) {
            return;
        }
        open.assigned(partitions.all());
        publishInTurn(open);
        if (ring.unsent() > 1 && open.ahead() > 0) {
            ahead.offer(open, rate.window() - ring.bytesInFlight());
        }
    }

    private void publishInTurn(Publisher open) {
        while (ring.unsent() > 0 && ring.inFlight() < open.window() && ring.bytesInFlight() < rate.window()) {
            InFlightRing.Slot slot = ring.next();
            if (slot.isSettled()) {
                ring.passed();
            } else if (slot.isOrphan()) {
                settleUnsent();
            } else if (slot.rejection() != null || !publish(open, slot)) {
                // Nothing overtakes a rejected record: a marker in the stream would tell that it is dealt with.
                return;
            }
        }
    }

    /** @return false if the link takes nothing more for now */
    private boolean publish(Publisher open, InFlightRing.Slot slot) {
        try {
            Publisher.Look look = open.look(slot);
            if (look == Publisher.Look.LATER) {
                return false;
            }
            if (look == Publisher.Look.STORED) {
                settleUnsent();
                return true;
            }
            if (!slot.isTranslated()) {
                OutboundMessage message = translator.translate(slot.record());
                if (message == null) {
                    settleUnsent();
                    return true;
                }
                slot.translated(message);
            }
            if (!open.publish(ring.published(), slot)) {
                return false;
            }
            // Not inFlight(): what was passed over without being sent is no message that stands still.
            if (ring.bytesInFlight() == 0) {
                progress.began();
            }
            long position = ring.published();
            ring.published(slot.message().size());
            timer.sent(position, ring.bytesInFlight());
            untranslatable = null;
        } catch (RejectedRecordException why) {
            ring.reject(ring.published(), why);
            return false;
        } catch (RetriableException notNow) {
            waitForTranslation(slot, notNow);
            return false;
        }
        return true;
    }

    /** Nothing is wrong with the record, nor with the link: the next {@code put} tries again. */
    private void waitForTranslation(InFlightRing.Slot slot, RetriableException cause) {
        String reason = Coordinates.of(slot.record()) + " cannot be translated for now: "
                + LogSafeText.of(String.valueOf(cause.getMessage()));
        if (untranslatable == null) {
            LOG.warn("{}; trying again, records wait in Kafka meanwhile", reason);
        }
        untranslatable = reason;
    }

    private void settleUnsent() {
        long position = ring.published();
        ring.passed();
        ring.settle(position);
    }

    /** @return whether it is worth to go round again */
    private boolean awaitRoom(long nanos) throws InterruptedException {
        Publisher open = publisher;
        if (open == null || nanos <= 0 || !linkIsUp()) {
            return false;
        }
        if (ring.advance()) {
            progress.noOutage();
            return true;
        }
        if (ring.rejectedHead() != null) {
            return true;
        }
        // Not the first outcome but a quarter of the window: waking up for every ack costs more than it brings.
        long target = ring.settled() + ring.inFlight() / 4;
        return open.await(target, nanos);
    }

    private void settleWhatIsInFlight() {
        long deadline = clock.getAsLong() + COMMIT_NANOS;
        Publisher open = publisher;
        if (open == null) {
            return;
        }
        try {
            open.flush();
            while (ring.inFlight() > 0 && linkIsUp()) {
                long left = deadline - clock.getAsLong();
                if (left <= 0 || !open.await(ring.published() - 1, left)) {
                    return;
                }
                tend();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** When nothing more comes for now, or the outcome of what came is due; a server forgets what is left open. */
    private void endWhatIsInHand(boolean nothingCame) {
        if (publisher != null && linkIsUp() && ring.inFlight() > 0) {
            boolean allSent = ring.unsent() == 0 && (nothingCame || progress.lingers(rate.aheadNanos()));
            if (allSent || progress.stillForMoreThan(FORGOTTEN_NANOS)) {
                publisher.flush();
            }
        }
    }

    /** In order, and only when everything before the record is settled. */
    private void reportRejects() throws InterruptedException {
        for (InFlightRing.Slot head = ring.rejectedHead(); head != null; head = ring.rejectedHead()) {
            RejectedRecordException why = head.rejection();
            if (why != null && !head.isOrphan() && !rejects.report(head.record(), why)) {
                return;
            }
            if (publisher != null && !head.isOrphan()) {
                publisher.rejected(head);
            }
            ring.dropHead();
            progress.noOutage();
        }
    }

    private boolean linkIsUp() {
        return publisher != null && link.current() == publisher;
    }

    private boolean standsStill() {
        return ring.inFlight() > 0 && progress.standsStill(rate.aheadNanos());
    }

    private void throwIfDefinite() {
        if (definite != null) {
            throw definite;
        }
        ConnectException refused = link.definite();
        if (refused != null) {
            throw refused;
        }
    }

    private void throwIfOutageIsTooLong() {
        Duration limit = settings.retryTimeout();
        if (limit != null && !ring.isEmpty() && progress.outageOutlasts(limit)) {
            throw new ConnectException("nothing could be stored for " + limit.toMillis()
                    + " ms (publish.retry.timeout.ms; -1 waits for ever): "
                    + (untranslatable == null ? link.lastFailure() : untranslatable));
        }
    }

    /** What the publisher tells. */
    private final class Settling implements Publisher.Outcomes {
        @Override
        public void settled(long position) {
            proven = true;
            ring.settle(position);
        }

        @Override
        public void duplicate(long position) {
            InFlightRing.Slot slot = ring.unsettled(position);
            if (slot != null && !ring.wasSentBefore(position)) {
                duplicates.tell(slot.partition(), slot.record());
            }
            settled(position);
        }

        @Override
        public void settledThrough(long position) {
            proven = true;
            ring.settleThrough(position);
        }

        @Override
        public void unsent(long position) {
            rewind(position);
        }

        @Override
        public void resumeAt(AssignedPartition partition, long offset) {
            returns.ask(partition, offset);
        }

        @Override
        public void failed(long position, Throwable cause) {
            if (FailureTriage.of(cause) == FailureTriage.Verdict.REJECT) {
                String reason = "the server refused it: " + FailureTriage.reason(cause);
                ring.reject(position, new RejectedRecordException(reason, cause));
                // A refusal proves that the stream answers.
                link.progressed();
            } else {
                epochFailed(cause);
            }
        }

        @Override
        public void epochFailed(Throwable cause) {
            if (FailureTriage.of(cause) == FailureTriage.Verdict.STOP) {
                definite = new ConnectException(FailureTriage.reason(cause), cause);
            } else if (publisher != null) {
                link.giveUp(publisher, cause);
            }
        }
    }
}
