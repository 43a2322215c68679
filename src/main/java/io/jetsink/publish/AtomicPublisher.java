package io.jetsink.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Message;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
final class AtomicPublisher implements Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(AtomicPublisher.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** "wrong last sequence". */
    private static final int WRONG_SEQUENCE = 10071;
    /** "atomic publish batch is incomplete": the server has forgotten it, or refused one of its messages. */
    private static final int INCOMPLETE = 10176;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long RETRY_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Connection connection;
    private final JetStream jetStream;
    private final ExactlyOnce task;

    /** What comes behind the batch that is out. */
    private @Nullable AtomicBatch next;

    private long nextSince;
    private boolean urgent;

    private boolean begun;
    /** The batch of unknown outcome that an epoch before has left. */
    private @Nullable AtomicBatch inherited;

    private @Nullable Claim claiming;
    private @Nullable CompletableFuture<Message> answer;
    private @Nullable MarkerReading markers;

    private long retryAt;
    private long retryPause = RETRY_NANOS;
    /** What has to be told when outcomes are asked for next. */
    private @Nullable DefiniteException failure;

    AtomicPublisher(Connection connection, ExactlyOnce task) throws IOException {
        this.connection = connection;
        this.jetStream = connection.jetStream();
        this.task = task;
        this.retryAt = task.nanoTime();
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
        }
    }

    @Override
    public void assigned(Iterable<Partition> partitions) {
        begin();
        for (Partition partition : partitions) {
            if (!partition.abandoned()) {
                task.claim(partition);
            }
        }
    }

    @Override
    public Look look(Publication publication) {
        begin();
        if (inherited != null) {
            // The inherited batch's outcome comes first: this record may be in it.
            return Look.LATER;
        }
        Claim claim = task.claim(publication.partition());
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
        } catch (DefiniteException otherLog) {
            failure = otherLog;
            return Look.LATER;
        }
    }

    @Override
    public boolean publish(long position, Publication publication) {
        Claim claim = task.claim(publication.partition());
        AtomicBatch batch = next;
        OutboundMessage message = publication.message();
        if (batch != null && (task.isFull(batch, claim, position) || batch.excludes(message))) {
            urgent = true;
            return false;
        }
        if (!task.admits(position, message, connection)) {
            return false;
        }
        if (batch == null) {
            batch = new AtomicBatch();
            next = batch;
            nextSince = task.nanoTime();
        }
        claim.take(publication.record().originalKafkaOffset());
        batch.add(new AtomicBatch.Entry(position, message, claim, publication.record()));
        if (!task.isSearching()) {
            stage(batch);
        }
        return true;
    }

    /** Ahead of the commit. What is not taken now goes with that. */
    private void stage(AtomicBatch batch) {
        try {
            batch.stage(connection, task.timeout());
        } catch (IllegalStateException queueFullOrClosed) {
            LOG.trace("a batch is sent with its commit", queueFullOrClosed);
        }
    }

    @Override
    public void harvest(Outcomes outcomes) {
        begin();
        try {
            task.tendClaims(connection, jetStream, claiming, outcomes);
            claiming = claiming == null
                            || claiming.isHeld()
                            || claiming.partition().abandoned()
                    ? null
                    : claiming;
            progress(outcomes);
        } catch (IOException unclaimable) {
            outcomes.failed(0, unclaimable);
        }
        DefiniteException told = failure;
        if (told != null) {
            failure = null;
            outcomes.failed(0, told);
        }
    }

    private void progress(Outcomes outcomes) {
        CompletableFuture<Message> commit = answer;
        if (commit != null) {
            if (!commit.isDone()) {
                return;
            }
            answer = null;
            answered(commit, outcomes);
        }
        if (markers != null) {
            compare(markers, outcomes);
            return;
        }
        if (task.nanoTime() - retryAt < 0) {
            return;
        }
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            batch = due(outcomes);
        }
        if (batch != null) {
            commit(batch, outcomes);
        }
    }

    /** The next batch, if it is to be stored now. */
    private @Nullable AtomicBatch due(Outcomes outcomes) {
        AtomicBatch batch = next;
        if (batch == null || !(urgent || task.nanoTime() - nextSince >= task.lingerNanos())) {
            return null;
        }
        for (Claim claim : batch.claims()) {
            if (claim.partition().abandoned()) {
                giveBack(batch, outcomes);
                return null;
            }
            if (!claim.isHeld()) {
                claiming = claim;
                return null;
            }
        }
        next = null;
        urgent = false;
        return batch;
    }

    private void commit(AtomicBatch batch, Outcomes outcomes) {
        task.unresolved(batch);
        try {
            answer = batch.commit(connection, task.timeout(), task.keepMarkers());
        } catch (IllegalStateException queueFullOrClosed) {
            again("the connection takes no more", outcomes);
        }
    }

    private void answered(CompletableFuture<Message> commit, Outcomes outcomes) {
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            return;
        }
        try {
            Message message = commit.join();
            if (message.isStatusMessage()) {
                again(String.valueOf(message.getStatus()), outcomes);
                return;
            }
            JsonNode json = JSON.readTree(message.getData());
            StreamErrorException refused = StreamErrorException.in(message.getData());
            if (refused != null) {
                refused(batch, refused, outcomes);
            } else if (AckSequence.isOne(json.path("seq").asLong())
                    && batch.isNamed(
                            json.path("batch").asText(), json.path("count").asInt())
                    && task.stream().equals(json.path("stream").asText())) {
                batch.stored(json.path("seq").asLong());
                settled(batch, outcomes);
            } else {
                again("an answer that is no ack of stream " + task.stream(), outcomes);
            }
        } catch (CompletionException | CancellationException | IOException e) {
            again(FailureTriage.reason(e), outcomes);
        }
    }

    private void refused(AtomicBatch batch, StreamErrorException refusal, Outcomes outcomes) {
        StreamErrorException cause = refusal;
        if (cause.code() == INCOMPLETE) {
            int culprit = batch.culprit();
            StreamErrorException own = culprit < 0 ? null : batch.refusal(culprit);
            cause = own == null ? refusal : own;
            batch.ask();
        }
        int code = cause.code();
        if (code == WRONG_SEQUENCE) {
            readMarkers(batch, null, outcomes);
        } else if (isFull(cause) && batch.entries().size() > 1) {
            readMarkers(batch, cause, outcomes);
        } else if (code != StreamErrorException.BATCH_TOO_LARGE
                && FailureTriage.of(cause) != FailureTriage.Verdict.REJECT) {
            again(FailureTriage.told(cause), outcomes);
        } else if (batch.wasSentBefore()) {
            // This attempt is not stored, but one before may be.
            readMarkers(batch, cause, outcomes);
        } else {
            condemned(batch, cause, outcomes);
        }
    }

    private static boolean isFull(StreamErrorException refusal) {
        return FailureTriage.of(refusal) == FailureTriage.Verdict.BACK_PRESSURE;
    }

    /** For certain not stored. One of its records is at fault, or all together. */
    private void condemned(AtomicBatch batch, StreamErrorException cause, Outcomes outcomes) {
        int size = batch.entries().size();
        int culprit = batch.culprit();
        if (size == 1 || culprit == 0) {
            outcomes.failed(batch.position(), new RejectedRecordException(FailureTriage.reason(cause), cause));
        } else if (culprit > 0) {
            task.cutBefore(batch.entries().get(culprit).position());
        } else if (cause.code() == StreamErrorException.BATCH_TOO_LARGE) {
            task.tooLarge(batch.messages());
        } else {
            task.limitBatches(1 + size / 2);
        }
        giveBack(batch, outcomes);
    }

    /** For certain not stored, and so nothing behind it: the ring sends it again. */
    private void giveBack(AtomicBatch batch, Outcomes outcomes) {
        task.unresolved(null);
        task.forgetTaken();
        inherited = null;
        next = null;
        outcomes.unsent(batch.position());
    }

    private void settled(AtomicBatch batch, Outcomes outcomes) {
        batch.entries().forEach(entry -> outcomes.settled(entry.position()));
        task.unresolved(null);
        inherited = null;
        task.widenBatches();
        retryPause = RETRY_NANOS;
    }

    /** After a pause; and when that does not help, in the next epoch, which tells people why. */
    private void again(String why, Outcomes outcomes) {
        LOG.debug("a batch of unknown outcome is sent again in {} ms: {}", retryPause / 1_000_000, why);
        retryAt = task.nanoTime() + retryPause;
        if (retryPause == RETRY_MAX_NANOS) {
            outcomes.failed(0, new IOException("a batch stays without an ack: " + why));
        }
        retryPause = Math.min(2 * retryPause, RETRY_MAX_NANOS);
    }

    /** The refusal does not say which marker: read each of the batch. */
    private void readMarkers(AtomicBatch batch, @Nullable StreamErrorException why, Outcomes outcomes) {
        try {
            markers = MarkerReading.of(batch, why, connection, task);
        } catch (IllegalStateException queueFullOrClosed) {
            again("the connection takes no more", outcomes);
        }
    }

    private void compare(MarkerReading reading, Outcomes outcomes) {
        if (!reading.isDone()) {
            return;
        }
        markers = null;
        StreamErrorException why = reading.refusal();
        AtomicBatch batch = task.unresolved();
        if (batch == null) {
            return;
        }
        try {
            Map<Claim, Marker> found = reading.found();
            found.forEach(Claim::found);
            if (found.values().stream().anyMatch(batch::wrote)) {
                LOG.debug("a batch was stored by an earlier attempt");
                settled(batch, outcomes);
            } else if (why != null && isFull(why)) {
                // A stream may be full for hours. What asks whether there is room need not be a thousand messages.
                task.limitBatches(1);
                giveBack(batch, outcomes);
                again(FailureTriage.told(why), outcomes);
            } else if (why != null) {
                condemned(batch, why, outcomes);
            } else {
                // What is not stored and still ours goes again, in a batch of its own. Not at once: on a cluster, the
                // leader refuses by what is on its way, and the markers tell what has arrived.
                giveBack(batch, outcomes);
                retryAt = task.nanoTime() + RETRY_NANOS;
            }
        } catch (DefiniteException definite) {
            outcomes.failed(0, definite);
        } catch (IOException | CompletionException | CancellationException e) {
            again(FailureTriage.reason(e), outcomes);
        }
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
        CompletableFuture<?> pending = answer;
        MarkerReading reading = markers;
        if (pending == null && reading != null) {
            pending = reading.all();
        }
        Claim claim = claiming;
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
        Claim claim = claiming;
        boolean batchIsDue = task.unresolved() != null || next != null;
        if (claim == null && !batchIsDue) {
            return null;
        }
        long wait = claim == null ? nanos : Math.min(nanos, claim.pauseNanos());
        if (batchIsDue && (claim == null || task.unresolved() != null)) {
            wait = Math.min(wait, Math.max(0, retryAt - task.nanoTime()));
        }
        return new CompletableFuture<Void>().completeOnTimeout(null, wait, TimeUnit.NANOSECONDS);
    }
}
