package io.jetsink.publish;

import io.jetsink.message.LogSafeText;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that something else than the expected stream answers a task's messages, at most once a minute, and remembers for the
 * life of the task whether there are such answers.
 *
 * <p>Threads: any.
 */
public final class ForeignReplies {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignReplies.class);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final LongSupplier clock;
    private long count;
    private long nextAt;
    private boolean logged;
    private volatile boolean acks;
    private volatile boolean ownStream;

    /**
     * @param name of the task
     * @param clock nanoseconds that only go forward
     */
    public ForeignReplies(String name, LongSupplier clock) {
        this.name = name;
        this.clock = clock;
    }

    /**
     * Counts a foreign answer.
     *
     * @param subject of the message that was answered, null if that is not known
     */
    public void ignored(@Nullable String subject, JetStreamReply answer, AckSource expected) {
        if (!answer.stream().isEmpty()) {
            acks = true;
        }
        long counted;
        synchronized (this) {
            count++;
            long now = clock.getAsLong();
            if (logged && now - nextAt < 0) {
                return;
            }
            logged = true;
            nextAt = now + MINUTE;
            counted = count;
        }
        LOG.warn(
                "{}: ignored an answer to a message{}: it is {} and not an ack of {}, whose ack still counts"
                        + " ({} such answers so far). Something else answers there: {}",
                name,
                subject == null ? "" : " on subject " + LogSafeText.of(subject),
                answer.stream().isEmpty()
                        ? "no ack"
                        : "an ack of " + LogSafeText.of(AckSource.shown(answer.stream(), answer.domain())),
                expected.shown(),
                counted,
                answer.stream().isEmpty()
                        ? "unsubscribe the service that replies to it, or change subject"
                        : "remove the subject from that stream, or change subject");
    }

    /** Whether another stream has acked a message of this task, ever. */
    public boolean wereAcks() {
        return acks;
    }

    /** The expected stream has acked by its name and domain. */
    public void ownAck() {
        if (!ownStream) {
            ownStream = true;
        }
    }

    /** Whether the expected stream has acked a message of this task by its name and domain, ever. */
    public boolean wasOwnAck() {
        return ownStream;
    }

    /**
     * The failure of a message that only other streams acked.
     *
     * @param foreign the latest of these acks
     * @return an outage if the stream has the expected name: a stream of that name in another domain does not show that
     *     the expected one is gone for good
     */
    public static IOException failure(JetStreamReply foreign, AckSource expected) {
        String text = "an ack came from " + LogSafeText.of(AckSource.shown(foreign.stream(), foreign.domain()))
                + " and none from "
                + expected.shown()
                + ": correct jetstream.stream or jetstream.domain, or remove the subject from that stream";
        @Nullable String stream = expected.stream();
        return stream != null && !stream.equals(foreign.stream())
                ? new WrongStreamException(text)
                : new IOException(text);
    }
}
