package io.jetsink.publish.fast;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.RandomIds;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher.Outcomes;
import io.nats.client.Connection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The first messages of partitions with ids, each a batch of its own, several at a time beside the open batch. Each of these
 * messages needs a reply of its own (ADR 0016), and one partition after the other would cost a round trip each. All of them
 * have ids: a message without a reply at the end of the epoch is sent again, and stored once.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class SingleMessageBatches {
    /** Batches at a time. The server keeps no open batch for them, but each costs it a proposal. */
    private static final int MAX = 32;

    private final Connection connection;
    private final FastReplies replies;
    private final LongSupplier clock;
    private final Map<String, Sent> byId = new HashMap<>();
    private final Set<AssignedPartition> refused = new HashSet<>();
    private @Nullable String prefix;

    private record Sent(FastBatch batch, long position, AssignedPartition partition, long dueAt) {}

    SingleMessageBatches(Connection connection, FastReplies replies, LongSupplier clock) {
        this.connection = connection;
        this.replies = replies;
        this.clock = clock;
    }

    /** How many more may be sent now. */
    int room() {
        return MAX - byId.size();
    }

    /** Whether the message at this position has no reply yet. */
    boolean isPending(long position) {
        return !byId.isEmpty() && byId.values().stream().anyMatch(sent -> sent.position() == position);
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** Sends a message with an id, whose reply is due in this time. @return false if the message was not sent */
    boolean send(long position, PendingRecord record, long timeoutNanos) {
        String inboxes = prefix;
        if (inboxes == null) {
            inboxes = connection.getOptions().getInboxPrefix() + RandomIds.ofInbox() + '.';
            replies.subscribe(inboxes + '>');
            prefix = inboxes;
        }
        if (refused.contains(record.partition())) {
            return false;
        }
        OutboundMessage message = record.message();
        FastBatch batch = new FastBatch(inboxes, RandomIds.ofInbox(), 1, FastBatch.newPositions(1), clock);
        try {
            connection.publish(message.subject(), batch.onlyReply(), message.headers(), message.payload());
        } catch (IllegalStateException | IllegalArgumentException unsent) {
            // Sent, or rejected, when its turn comes.
            return false;
        }
        batch.sent(position, message.subject());
        batch.markIds();
        record.partition().sentWithId(true);
        byId.put(batch.id(), new Sent(batch, position, record.partition(), clock.getAsLong() + timeoutNanos));
        return true;
    }

    /** The batch of this id, or null if there is none. */
    @Nullable
    FastBatch batch(String id) {
        Sent sent = byId.get(id);
        return sent == null ? null : sent.batch();
    }

    /** Reports the outcome of a message, if the reply is about one of these. */
    void onReply(FastReply reply, Outcomes outcomes) {
        Sent sent = byId.get(reply.batch());
        if (sent == null) {
            return;
        }
        switch (reply.kind()) {
            case ACK, GAP, FOREIGN -> {
                // The end of the batch is still due.
                return;
            }
            case DUPLICATE -> {
                outcomes.duplicate(sent.position());
                outcomes.batched(1, true);
            }
            case FINAL, STORED -> {
                if (reply.count() == 1) {
                    outcomes.settled(sent.position());
                    outcomes.batched(1, true);
                } else {
                    leaveToItsTurn(sent.partition());
                }
            }
            case REFUSED, LOST -> leaveToItsTurn(sent.partition());
        }
        byId.remove(reply.batch());
    }

    /** The message is sent again in its turn, and the reply to that counts. No message of its partition may overtake it. */
    private void leaveToItsTurn(AssignedPartition partition) {
        partition.sentWithId(false);
        refused.add(partition);
    }

    /** Fails the epoch if a reply is overdue. */
    void reportOverdue(Outcomes outcomes) {
        long now = byId.isEmpty() ? 0 : clock.getAsLong();
        if (byId.values().stream().anyMatch(sent -> now - sent.dueAt() > 0)) {
            outcomes.epochFailed(
                    new CodedException(ErrorCode.NO_ACK, "no answer to the first message of a partition with ids"));
        }
    }
}
