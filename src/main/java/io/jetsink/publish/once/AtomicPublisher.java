package io.jetsink.publish.once;

import io.jetsink.message.OutboundMessage;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.StreamRequests;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exactly-once: records and the Kafka offsets they bring are stored in one atomic batch, which the stream refuses if
 * another task has claimed one of its partitions since. One batch is to be stored at a time; the records of the next one
 * are on their way to the server meanwhile, and its markers follow when those before are known to be stored.
 *
 * <p>A batch whose outcome is not known is sent again, the same, until there is an answer: stored now, or refused because
 * of its own earlier copy, which its markers tell apart from a refusal because of another owner.
 */
public final class AtomicPublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(AtomicPublisher.class);

    private final Connection connection;
    private final StreamRequests requests;
    private final ExactlyOnceState task;
    private final BatchOutcome outcome;

    /** What comes behind the batch that is out. */
    private @Nullable AtomicBatch next;

    private boolean urgent;

    private boolean begun;
    /** The batch of unknown outcome that an epoch before has left. */
    private @Nullable AtomicBatch inherited;

    private @Nullable PartitionClaim claiming;
    /** What has to be told when outcomes are asked for next. */
    private @Nullable UnrecoverableException failure;

    public AtomicPublisher(Connection connection, ExactlyOnceState task, StreamRequests requests) {
        this.connection = connection;
        this.requests = requests;
        this.task = task;
        this.outcome = new BatchOutcome(connection, requests, task);
    }

    @Override
    public int window() {
        return task.window();
    }

    /** On the task thread, which the opening of an epoch is not. */
    private void begin() {
        if (!begun) {
            begun = true;
            inherited = task.unresolved();
            task.reconnected();
            outcome.begin();
        }
    }

    @Override
    public void assigned(Iterable<AssignedPartition> partitions) {
        begin();
        for (AssignedPartition partition : partitions) {
            if (!partition.abandoned()) {
                task.claim(partition);
            }
        }
    }

    @Override
    public void rejected(PendingRecord publication) {
        task.claim(publication.partition()).rejected(publication.record());
    }

    @Override
    public Look look(PendingRecord publication) {
        begin();
        if (inherited != null && inherited == task.unresolved()) {
            // The inherited batch's outcome comes first: this record may be in it.
            return Look.LATER;
        }
        PartitionClaim claim = task.claim(publication.partition());
        if (!claim.isReady()) {
            claiming = claim;
            return Look.LATER;
        }
        if (claim.isOnItsWay(publication.record().originalKafkaOffset())) {
            urgent = true;
            return Look.LATER;
        }
        try {
            return claim.isStored(publication.record()) ? Look.STORED : Look.PUBLISH;
        } catch (UnrecoverableException otherLog) {
            failure = otherLog;
            return Look.LATER;
        }
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        PartitionClaim claim = task.claim(publication.partition());
        AtomicBatch batch = next;
        OutboundMessage message = publication.message();
        if (batch != null && (task.isFull(batch, claim, position, message) || batch.excludes(message))) {
            urgent = true;
            return false;
        }
        if (!task.admits(position, message, connection)) {
            return false;
        }
        if (batch == null) {
            batch = new AtomicBatch(task.nanoTime());
            next(batch);
        }
        claim.take(publication.record().originalKafkaOffset());
        batch.add(new AtomicBatch.Entry(position, message, claim, publication.record()));
        if (task.mayStage()) {
            stage(batch);
        }
        return true;
    }

    /** Ahead of the commit. What is not taken now goes with that. */
    private void stage(AtomicBatch batch) {
        try {
            batch.stage(connection, requests, task.timeout());
        } catch (IllegalStateException queueFullOrClosed) {
            LOG.trace("a batch is sent with its commit", queueFullOrClosed);
        }
    }

    @Override
    public void harvest(Outcomes outcomes) {
        begin();
        try {
            task.tendClaims(connection, requests, claiming, outcomes);
            claiming = claiming == null
                            || claiming.isHeld()
                            || claiming.partition().abandoned()
                    ? null
                    : claiming;
            progress(outcomes);
        } catch (IOException unclaimable) {
            outcomes.epochFailed(unclaimable);
        }
        UnrecoverableException told = failure;
        if (told != null) {
            failure = null;
            outcomes.epochFailed(told);
        }
    }

    private void progress(Outcomes outcomes) {
        boolean ready = outcome.isReady(outcomes);
        forgetWhatWasGivenBack();
        if (!ready) {
            return;
        }
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            batch = due(outcomes);
        }
        if (batch != null) {
            outcome.commit(batch, outcomes);
        }
    }

    /** The ring sends it again. */
    private void forgetWhatWasGivenBack() {
        if (outcome.gaveBack()) {
            next(null);
        }
    }

    private void next(@Nullable AtomicBatch batch) {
        next = batch;
        task.behind(batch);
    }

    /** The next batch, if it is to be stored now. */
    private @Nullable AtomicBatch due(Outcomes outcomes) {
        AtomicBatch batch = next;
        if (batch == null || !(urgent || task.nanoTime() - batch.since() >= task.lingerNanos())) {
            return null;
        }
        for (PartitionClaim claim : batch.claims()) {
            if (claim.partition().abandoned()) {
                outcome.giveBack(batch, outcomes);
                forgetWhatWasGivenBack();
                return null;
            }
            if (!claim.isHeld()) {
                claiming = claim;
                return null;
            }
        }
        next(null);
        urgent = false;
        return batch;
    }

    @Override
    public long dueNanos() {
        return task.dueNanos();
    }

    @Override
    public void flush() {
        urgent = true;
    }

    @Override
    public boolean await(long position, long nanos) throws InterruptedException {
        urgent = true;
        CompletableFuture<?> pending = outcome.pending();
        PartitionClaim claim = claiming;
        if (pending == null && claim != null && claim.await(nanos)) {
            return true;
        }
        if (pending == null) {
            pending = pause(nanos);
        }
        if (pending == null) {
            return false;
        }
        try {
            pending.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException known) {
            // Looked at by harvest.
            return true;
        }
        return true;
    }

    /** What is due at once, or after a pause. */
    private @Nullable CompletableFuture<?> pause(long nanos) {
        PartitionClaim claim = claiming;
        boolean batchIsDue = task.unresolved() != null || next != null;
        if (claim == null && !batchIsDue) {
            return null;
        }
        long wait = claim == null ? nanos : Math.min(nanos, claim.pauseNanos());
        if (batchIsDue && (claim == null || task.unresolved() != null)) {
            wait = Math.min(wait, outcome.pauseNanos());
        }
        return new CompletableFuture<Void>().completeOnTimeout(null, wait, TimeUnit.NANOSECONDS);
    }
}
