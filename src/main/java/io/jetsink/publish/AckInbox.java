package io.jetsink.publish;

import io.jetsink.nats.ReplyReader;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.RandomIds;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests that ignore foreign replies: each completes with the first reply of the expected stream, where jnats' own requests
 * complete with the first of all. For single messages; a publisher of many keeps outcomes itself.
 *
 * <p>The subscription has the form of jnats' own, {@code <inbox prefix><token>.*}, and needs no further permission.
 */
public final class AckInbox implements StreamRequests, AutoCloseable {
    private final Connection connection;
    private final AckSource source;
    private final ForeignReplies foreign;
    private final Subscription subscription;
    private final String stem;
    private final AtomicLong last = new AtomicLong();
    private final Map<String, Request> requests = new ConcurrentHashMap<>();

    /** @param expected null if replies other than a refusal are not logged, either */
    private record Request(
            String subject,
            CompletableFuture<JetStreamReply> reply,
            @Nullable Predicate<JetStreamReply> expected) {}

    public AckInbox(Connection connection, AckSource source, ForeignReplies foreign) {
        this.connection = connection;
        this.source = source;
        this.foreign = foreign;
        this.stem = connection.getOptions().getInboxPrefix() + RandomIds.ofInbox() + '.';
        this.subscription = ReplyReader.subscribe(connection, stem + '*', this::onMessage);
    }

    @Override
    public CompletableFuture<JetStreamReply> request(
            String subject, @Nullable Headers headers, byte[] payload, @Nullable Predicate<JetStreamReply> expected) {
        String replyTo = stem + last.incrementAndGet();
        CompletableFuture<JetStreamReply> reply = new CompletableFuture<>();
        requests.put(replyTo, new Request(subject, reply, expected));
        reply.whenComplete((known, failure) -> requests.remove(replyTo));
        try {
            connection.publish(subject, replyTo, headers, payload);
        } catch (IllegalStateException | IllegalArgumentException unsent) {
            requests.remove(replyTo);
            throw unsent;
        }
        return reply;
    }

    /** Called by the connection's reading thread. */
    private void onMessage(Message message) {
        Request request = requests.get(message.getSubject());
        if (request == null) {
            return;
        }
        JetStreamReply reply = source.read(message, false);
        Predicate<JetStreamReply> expected = request.expected();
        if (expected == null) {
            if (reply.kind() == JetStreamReply.Kind.REFUSED) {
                request.reply().complete(reply);
            }
        } else if (reply.isForeign() || !expected.test(reply)) {
            foreign.ignored(request.subject(), reply, source);
        } else {
            request.reply().complete(reply);
        }
    }

    /** Ends the subscription. Requests without a reply stay incomplete. */
    @Override
    public void close() {
        ReplyReader.unsubscribe(connection, subscription);
    }
}
