package io.jetsink.nats.stream;

import io.jetsink.message.SubjectFilter;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks whether a stream would store a message, without storing one. The message expects a stream that cannot exist, and the
 * stream that captures the subject refuses it in its own name (nats-server 2.9 to 2.15). The refusal proves the way to the
 * stream, the permission to publish, and the way back.
 *
 * @param subject of the message
 * @param isExact whether records have this very subject; else it is one that they can have
 */
public record Probe(String subject, boolean isExact) {
    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
    /** Fills the place of wildcards. */
    private static final String TOKEN = "jetsink-preflight";
    /** Not a legal name of a stream. */
    private static final String NO_STREAM = "jetsink.preflight";

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final byte[] EMPTY = {};

    /** Returns whether only a probe can have this subject. */
    public static boolean isGuess(String subject) {
        return subject.contains(TOKEN);
    }

    /**
     * Returns a probe for one of the filters.
     *
     * @param stream that has to capture the subject, or null if it is not known
     * @return null if no subject is known that records can have
     */
    public static @Nullable Probe of(List<String> filters, @Nullable TargetStream stream) {
        List<String> captured =
                stream == null ? List.of(">") : stream.configuration().getSubjects();
        Probe guess = null;
        for (String filter : filters) {
            boolean exact = !SubjectFilter.isPattern(filter);
            for (String pattern : captured) {
                String subject = SubjectFilter.overlaps(filter, pattern) ? filled(filter, pattern) : "";
                if (exact && !subject.isEmpty()) {
                    return new Probe(subject, true);
                }
                if (guess == null && stream != null && isGuess(subject)) {
                    guess = new Probe(subject, false);
                }
            }
        }
        return guess;
    }

    /** Returns a subject that both filters match, with a token of the probe where both have a wildcard. */
    private static String filled(String one, String other) {
        String[] ones = one.split("\\.");
        String[] others = other.split("\\.");
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < Math.max(ones.length, others.length); i++) {
            String first = ones[Math.min(i, ones.length - 1)];
            String second = others[Math.min(i, others.length - 1)];
            String token = first.equals("*") || first.equals(">") ? second : first;
            tokens.add(token.equals("*") || token.equals(">") ? TOKEN : token);
        }
        return String.join(".", tokens);
    }

    /**
     * Returns a probe for one of the filters that ignores the lists of streams: a mapping of the account may lead the subject
     * into a stream.
     *
     * @return null if the filters begin with wildcards
     */
    public static @Nullable Probe beyond(List<String> filters) {
        Probe guess = null;
        for (String filter : filters) {
            if (!SubjectFilter.isPattern(filter)) {
                return new Probe(filter, true);
            }
            if (guess == null && !filter.startsWith("*") && !filter.startsWith(">")) {
                guess = new Probe(filled(filter, filter), false);
            }
        }
        return guess;
    }

    /**
     * Publishes the probe and waits at most two seconds for the reply of the expected stream. The reply of another stream, or of
     * a service on the subject, counts only if the expected stream does not reply.
     *
     * @param expected name of the stream that has to capture the subject, or null for any
     */
    public ProbeReply ask(Connection connection, @Nullable String expected) throws InterruptedException {
        String reply = connection.getOptions().getInboxPrefix() + RandomIds.ofInbox();
        LinkedBlockingQueue<Message> answers = new LinkedBlockingQueue<>();
        Dispatcher dispatcher = connection.createDispatcher(answers::add);
        try {
            dispatcher.subscribe(reply);
            connection.publish(subject, reply, headers(), EMPTY);
            return await(answers, expected);
        } catch (IllegalStateException closed) {
            return ProbeReply.of(null, closed);
        } finally {
            close(connection, dispatcher);
        }
    }

    private static ProbeReply await(LinkedBlockingQueue<Message> answers, @Nullable String expected)
            throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        ProbeReply best = ProbeReply.of(null, null);
        for (; ; ) {
            Message message = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (message == null) {
                return best;
            }
            ProbeReply answer = ProbeReply.of(message, null);
            if (answer.kind() == ProbeReply.Kind.NOBODY) {
                return answer;
            }
            boolean ofStream = answer.kind() == ProbeReply.Kind.STREAM;
            if (ofStream && (expected == null || answer.stream().isEmpty() || answer.isBy(expected))) {
                return answer;
            }
            best = ofStream || best.kind() == ProbeReply.Kind.SILENCE ? answer : best;
        }
    }

    private static void close(Connection connection, Dispatcher dispatcher) {
        try {
            connection.closeDispatcher(dispatcher);
        } catch (IllegalStateException | IllegalArgumentException closed) {
            LOG.trace("the connection was closed while it was probed", closed);
        }
    }

    /**
     * Publishes a probe without waiting.
     *
     * @param ahead time that messages queued before the probe need
     * @return never fails
     * @throws IllegalStateException if the connection accepts no request at the moment, or is closed
     */
    public static CompletableFuture<ProbeReply> send(Connection connection, String subject, Duration ahead) {
        Duration limit = LIMIT.plus(ahead);
        return connection
                .requestWithTimeout(subject, headers(), EMPTY, limit)
                .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                .handle(ProbeReply::of);
    }

    /**
     * Finds out whether a stream works, without waiting.
     *
     * @param stream the stream whose refusal counts, or null for any
     * @param ahead time that messages queued before the probe need
     * @return whether the stream has refused the probe in time; never fails
     */
    public static CompletableFuture<Boolean> reaches(
            Connection connection, String subject, @Nullable String stream, Duration ahead) {
        try {
            return send(connection, subject, ahead)
                    .thenApply(reply -> reply.kind() == ProbeReply.Kind.STREAM
                            && (stream == null || reply.stream().isEmpty() || reply.isBy(stream)));
        } catch (IllegalStateException queueFullOrClosed) {
            LOG.trace("a probe is not sent", queueFullOrClosed);
            return CompletableFuture.completedFuture(false);
        }
    }

    private static Headers headers() {
        return new Headers().put(NatsJetStreamConstants.EXPECTED_STREAM_HDR, NO_STREAM);
    }

    /** Returns the warning for a probe without a reply. */
    public String unanswered() {
        return "nothing answers a message to " + subject
                + ": does a stream capture it, may the user of nats.auth.* publish"
                + " there, and subscribe to the subjects of nats.inbox.prefix?";
    }
}
