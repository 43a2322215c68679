package io.jetsink.delivery;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** A publisher whose outcomes a test decides. Messages are named by their payload. */
final class FakePublisher implements Publisher {
    private final List<String> sent = new ArrayList<>();
    private final List<String> subjects = new ArrayList<>();
    private final Map<String, Long> positions = new LinkedHashMap<>();
    private final NavigableMap<Long, Consumer<Outcomes>> untold = new TreeMap<>();
    /** The answers that a test gives to the questions to the stream. */
    final List<CompletableFuture<Boolean>> questions = new ArrayList<>();

    private final Set<Long> undecided = new HashSet<>();
    private final Set<String> unsendable = new HashSet<>();
    private final int window;
    private LongConsumer whileWaiting;
    private final Set<Long> held = new HashSet<>();
    private long back = -1;
    private AssignedPartition tooFar;
    private long due = Long.MAX_VALUE;
    private boolean proven;
    private int capacity = Integer.MAX_VALUE;
    private int flushes;
    private int waits;
    private int refusals;

    /** By default a wait ends with its time-out. */
    FakePublisher(ManualClock clock, int window) {
        this.window = window;
        this.whileWaiting = clock::advance;
    }

    /** Sets the action during a wait; its argument is the longest wait in nanoseconds. */
    FakePublisher whileWaiting(LongConsumer nanos) {
        this.whileWaiting = nanos;
        return this;
    }

    /** Sets how many more messages fit into the queue of the link. */
    FakePublisher takes(int messages) {
        this.capacity = messages;
        return this;
    }

    FakePublisher neverTakes(String payload) {
        unsendable.add(payload);
        return this;
    }

    /** The stream holds the records at these offsets. */
    FakePublisher holds(Long... offsets) {
        held.addAll(List.of(offsets));
        return this;
    }

    /** At its next record, this partition's consumer is found to be too far. */
    FakePublisher sendsBackTo(long offset) {
        back = offset;
        return this;
    }

    /** Something is due in this time though nothing is published. */
    FakePublisher due(Duration in) {
        due = in.toNanos();
        return this;
    }

    List<String> sent() {
        return List.copyOf(sent);
    }

    List<String> subjects() {
        return List.copyOf(subjects);
    }

    int flushes() {
        return flushes;
    }

    int waits() {
        return waits;
    }

    int refusals() {
        return refusals;
    }

    void ack(String... payloads) {
        for (String payload : payloads) {
            decide(payload, position -> outcomes -> outcomes.settled(position));
        }
    }

    /** Acks it as one that the stream has already. */
    void ackDuplicate(String payload) {
        decide(payload, position -> outcomes -> outcomes.duplicate(position));
    }

    /** The server has answered the first message, which opens the window and settles nothing. */
    void open() {
        untold.put(-1L, outcomes -> proven = true);
    }

    void ackAll() {
        ack(positions.entrySet().stream()
                .filter(entry -> undecided.contains(entry.getValue()))
                .map(Map.Entry::getKey)
                .toArray(String[]::new));
    }

    void ackThrough(String payload) {
        decide(payload, position -> outcomes -> outcomes.settledThrough(position));
        undecided.removeIf(position -> position < positions.get(payload));
    }

    void fail(String payload, Throwable cause) {
        decide(payload, position -> outcomes -> outcomes.failed(position, cause));
    }

    /** So many messages of a batch are acked, twice. */
    void ackBatch(long messages) {
        untold.put(-1 - messages, outcomes -> {
            outcomes.batched(messages, true);
            outcomes.batched(messages, false);
        });
    }

    void failEpoch(Throwable cause) {
        untold.put(-1L, outcomes -> outcomes.epochFailed(cause));
    }

    /** The server refuses this message and stores none of those sent after it. */
    void endBatchAt(String payload, Throwable cause) {
        decide(payload, position -> outcomes -> {
            outcomes.failed(position, cause);
            outcomes.unsent(position);
        });
        undecided.removeIf(position -> position > positions.get(payload));
    }

    private void decide(String payload, LongFunction<Consumer<Outcomes>> outcome) {
        Long position = positions.get(payload);
        if (position == null || !undecided.remove(position)) {
            throw new AssertionError(payload + " is not in flight");
        }
        untold.put(position, outcome.apply(position));
    }

    @Override
    public Mode mode() {
        return Mode.ASYNC;
    }

    @Override
    public int window() {
        return proven ? window : 1;
    }

    @Override
    public Look look(PendingRecord publication) {
        if (back >= 0) {
            tooFar = publication.partition();
            return Look.LATER;
        }
        return held.contains(publication.record().originalKafkaOffset()) ? Look.STORED : Look.PUBLISH;
    }

    @Override
    public long dueNanos() {
        return due;
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        OutboundMessage message = publication.message();
        String payload = new String(message.payload(), StandardCharsets.UTF_8);
        if (unsendable.contains(payload)) {
            throw new RejectedRecordException(ErrorCode.INVALID_SUBJECT, "it cannot be sent");
        }
        if (capacity == 0) {
            refusals++;
            return false;
        }
        capacity--;
        sent.add(payload);
        subjects.add(message.subject());
        positions.put(payload, position);
        undecided.add(position);
        return true;
    }

    @Override
    public void harvest(Outcomes outcomes) {
        if (tooFar != null) {
            outcomes.resumeAt(tooFar, back);
            tooFar = null;
            back = -1;
        }
        while (!untold.isEmpty()) {
            untold.pollFirstEntry().getValue().accept(new Proving(outcomes));
        }
    }

    @Override
    public void flush() {
        flushes++;
    }

    @Override
    public CompletableFuture<Boolean> query(PendingRecord pending, Duration ahead) {
        questions.add(new CompletableFuture<>());
        return questions.get(questions.size() - 1);
    }

    @Override
    public boolean await(long position, long nanos) {
        if (nanos <= 0) {
            throw new AssertionError("a wait of " + nanos + " ns");
        }
        if (!untold.isEmpty()) {
            return true;
        }
        if (undecided.stream().noneMatch(at -> at <= position)) {
            return false;
        }
        waits++;
        whileWaiting.accept(nanos);
        return true;
    }

    /** Opens the window with the first stored message, as real publishers do. */
    private final class Proving extends ForwardingOutcomes {
        Proving(Outcomes outcomes) {
            super(outcomes);
        }

        @Override
        public void settled(long position) {
            proven = true;
            super.settled(position);
        }

        @Override
        public void duplicate(long position) {
            proven = true;
            super.duplicate(position);
        }

        @Override
        public void settledThrough(long position) {
            proven = true;
            super.settledThrough(position);
        }
    }
}
