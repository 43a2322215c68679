package io.jetsink.publish;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.RandomIds;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests to subjects that others answer, too: each completes with the first answer that is not foreign, where jnats'
 * own requests complete with the first of all. For single messages; a publisher of many keeps its outcomes itself.
 *
 * <p>The subscription has the form of jnats' own, {@code <inbox prefix><token>.*}, and needs no further permission.
 *
 * <p>Threads: any. Futures complete on a thread of the connection.
 */
public final class AckInbox implements StreamRequests, AutoCloseable {
    private final Connection connection;
    private final AckSource source;
    private final ForeignReplies foreign;
    private final Dispatcher dispatcher;
    private final String stem;
    private final AtomicLong last = new AtomicLong();
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();

    /** @param expected null: only a refusal is, and the rest is not worth a log line */
    private record Pending(
            String subject,
            CompletableFuture<JetStreamReply> answer,
            @Nullable Predicate<JetStreamReply> expected) {}

    public AckInbox(Connection connection, AckSource source, ForeignReplies foreign) {
        this.connection = connection;
        this.source = source;
        this.foreign = foreign;
        this.stem = connection.getOptions().getInboxPrefix() + RandomIds.ofInbox() + '.';
        this.dispatcher = connection.createDispatcher(this::answered);
        // jnats' own limits would drop answers.
        dispatcher.setPendingLimits(-1, -1);
        dispatcher.subscribe(stem + '*');
    }

    /**
     * Publishes a message without an id.
     *
     * @return the answer; without a time limit of its own. It is forgotten once it is done, by the caller too
     * @throws IllegalStateException if the connection takes no more, or is closed
     */
    CompletableFuture<JetStreamReply> request(String subject, @Nullable Headers headers, byte[] payload) {
        return request(subject, headers, payload, answer -> true);
    }

    @Override
    public CompletableFuture<JetStreamReply> request(
            String subject, @Nullable Headers headers, byte[] payload, Predicate<JetStreamReply> expected) {
        return send(subject, headers, payload, expected);
    }

    @Override
    public CompletableFuture<JetStreamReply> member(String subject, @Nullable Headers headers, byte[] payload) {
        return send(subject, headers, payload, null);
    }

    private CompletableFuture<JetStreamReply> send(
            String subject, @Nullable Headers headers, byte[] payload, @Nullable Predicate<JetStreamReply> expected) {
        String reply = stem + last.incrementAndGet();
        CompletableFuture<JetStreamReply> answer = new CompletableFuture<>();
        pending.put(reply, new Pending(subject, answer, expected));
        answer.whenComplete((known, failure) -> pending.remove(reply));
        try {
            connection.publish(subject, reply, headers, payload);
        } catch (IllegalStateException | IllegalArgumentException unsent) {
            pending.remove(reply);
            throw unsent;
        }
        return answer;
    }

    /** A thread of the connection. */
    private void answered(Message message) {
        Pending asked = pending.get(message.getSubject());
        if (asked == null) {
            return;
        }
        JetStreamReply answer = source.read(message, false);
        Predicate<JetStreamReply> expected = asked.expected();
        if (expected == null) {
            if (answer.kind() == JetStreamReply.Kind.REFUSED) {
                asked.answer().complete(answer);
            }
        } else if (answer.isForeign() || !expected.test(answer)) {
            foreign.ignored(asked.subject(), answer, source);
        } else {
            asked.answer().complete(answer);
        }
    }

    /** Ends the subscription. What was not answered stays incomplete. */
    @Override
    public void close() {
        connection.closeDispatcher(dispatcher);
    }
}
