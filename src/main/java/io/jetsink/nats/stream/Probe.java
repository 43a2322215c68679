package io.jetsink.nats.stream;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
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
 * Asks whether a message would be taken, without one being stored: it expects a stream that cannot be, and whatever stream
 * takes its subject refuses it, in its own name (nats-server 2.9 to 2.15). That shows the way there, the permission to
 * publish, and the way back.
 *
 * @param subject that is published to
 * @param certain whether messages have this very subject; else it is one of those that they can have
 */
public record Probe(String subject, boolean certain) {
    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
    /** Stands for what a record would put in. */
    private static final String TOKEN = "jetsink-preflight";
    /** No stream has such a name. */
    private static final String NO_STREAM = "jetsink.preflight";

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final byte[] EMPTY = {};

    /** Whether a subject is one that only a probe has. */
    public static boolean isGuess(String subject) {
        return subject.contains(TOKEN);
    }

    /**
     * A probe for one of the filters.
     *
     * @param stream that is to take it, or null if that is not known
     * @return null if no subject can be told that messages may have
     */
    public static @Nullable Probe of(List<String> filters, @Nullable TargetStream stream) {
        List<String> taken =
                stream == null ? List.of(">") : stream.configuration().getSubjects();
        Probe guess = null;
        for (String filter : filters) {
            boolean certain = filter.indexOf('*') < 0 && filter.indexOf('>') < 0;
            for (String pattern : taken) {
                String subject = TargetStream.overlap(filter, pattern) ? filled(filter, pattern) : "";
                if (certain && !subject.isEmpty()) {
                    return new Probe(subject, true);
                }
                if (guess == null && stream != null && isGuess(subject)) {
                    guess = new Probe(subject, false);
                }
            }
        }
        return guess;
    }

    /** A subject that both stand for; of two wildcards, one of its own. */
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
     * A probe for one of the filters, whatever streams list: an account mapping may lead there.
     *
     * @return null if nothing is known of the subjects but wildcards
     */
    public static @Nullable Probe beyond(List<String> filters) {
        Probe guess = null;
        for (String filter : filters) {
            if (!ListedSubjects.isPattern(filter)) {
                return new Probe(filter, true);
            }
            if (guess == null && !filter.startsWith("*") && !filter.startsWith(">")) {
                guess = new Probe(filled(filter, filter), false);
            }
        }
        return guess;
    }

    /**
     * Publishes and waits for the answer of the expected stream, at most two seconds. An answer of another stream, or of a
     * service on the subject, counts only if the expected stream does not answer.
     *
     * @param expected name of the stream that is to capture the subject, or null for any
     * @return also without an answer
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
     * @param ahead time that what is queued before the probe needs
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

    private static Headers headers() {
        return new Headers().put("Nats-Expected-Stream", NO_STREAM);
    }

    /** For people who wonder why nothing came. */
    public String unanswered() {
        return "nothing answers a message to " + subject
                + ": does a stream capture it, may the user of nats.auth.* publish"
                + " there, and subscribe to the subjects of nats.inbox.prefix?";
    }
}
