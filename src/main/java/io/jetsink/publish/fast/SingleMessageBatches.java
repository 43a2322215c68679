package io.jetsink.publish.fast;

import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.RandomIds;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The first messages of partitions with ids, each of them a batch of its own, several under way at a time beside the open
 * batch. Such a message has to be answered for itself (ADR 0016); one partition after the other would cost a round trip
 * each. Nothing else is in these batches, and their messages have ids: what has no answer when the epoch ends is sent again
 * and stored once.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class SingleMessageBatches {
    /** At a time: a server keeps no open batch for them, but each costs it a proposal of its own. */
    private static final int MAX = 32;

    private final Connection connection;
    private final LongSupplier clock;
    private final Map<String, Ask> asks = new HashMap<>();
    private final Map<Long, String> byPosition = new HashMap<>();
    private final Set<AssignedPartition> refused = new HashSet<>();
    private @Nullable String stem;

    private record Ask(FastBatch batch, long position, AssignedPartition partition, long dueAt) {}

    /** @param clock nanoseconds that only go forward */
    SingleMessageBatches(Connection connection, LongSupplier clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /** How many more may be sent now. */
    int room() {
        return MAX - asks.size();
    }

    /** Whether the message at this position has no answer yet. */
    boolean isPending(long position) {
        return !byPosition.isEmpty() && byPosition.containsKey(position);
    }

    boolean isEmpty() {
        return asks.isEmpty();
    }

    /**
     * Sends a message with an id.
     *
     * @param dispatcher where answers are to come
     * @param patienceNanos how long the answer may take
     * @return false if the connection takes no more
     */
    boolean send(long position, PendingRecord publication, Dispatcher dispatcher, long patienceNanos) {
        String inbox = stem;
        if (inbox == null) {
            inbox = connection.getOptions().getInboxPrefix() + RandomIds.ofInbox() + '.';
            dispatcher.subscribe(inbox + '>');
            stem = inbox;
        }
        if (refused.contains(publication.partition())) {
            return false;
        }
        OutboundMessage message = publication.message();
        FastBatch batch = new FastBatch(inbox, RandomIds.ofInbox(), 1, FastBatch.places(1), clock);
        try {
            connection.publish(message.subject(), batch.onlyReply(), message.headers(), message.payload());
        } catch (IllegalStateException | IllegalArgumentException untaken) {
            // In its turn it is sent, or rejected.
            return false;
        }
        batch.sent(position, message.subject());
        batch.identified();
        publication.partition().sentWithId();
        asks.put(batch.id, new Ask(batch, position, publication.partition(), clock.getAsLong() + patienceNanos));
        byPosition.put(position, batch.id);
        return true;
    }

    /** The batch of this id, or null if it is none of these. */
    @Nullable
    FastBatch batch(String id) {
        Ask ask = asks.get(id);
        return ask == null ? null : ask.batch();
    }

    /** Reports the outcome of one of these messages, if the answer is about one. */
    void take(FastReply answer, Publisher.Outcomes outcomes) {
        Ask ask = asks.get(answer.batch());
        if (ask == null) {
            return;
        }
        switch (answer.kind()) {
            case ACK, GAP, FOREIGN -> {
                // No end of a batch: that is still to come.
                return;
            }
            case DUPLICATE -> outcomes.duplicate(ask.position());
            case FINAL, STORED -> {
                if (answer.count() == 1) {
                    outcomes.settled(ask.position());
                } else {
                    leaveToItsTurn(ask.partition());
                }
            }
            case REFUSED, LOST -> leaveToItsTurn(ask.partition());
        }
        asks.remove(answer.batch());
        byPosition.remove(ask.position());
    }

    /** The message is sent again, and then the answer counts. None of its partition may overtake it. */
    private void leaveToItsTurn(AssignedPartition partition) {
        partition.notSentWithId();
        refused.add(partition);
    }

    /** Reports a message whose answer is overdue. */
    void tend(Publisher.Outcomes outcomes) {
        if (asks.isEmpty()) {
            return;
        }
        long now = clock.getAsLong();
        for (Ask ask : asks.values()) {
            if (now - ask.dueAt() > 0) {
                outcomes.epochFailed(new IOException("no answer to the first message of a partition with ids"));
                return;
            }
        }
    }
}
