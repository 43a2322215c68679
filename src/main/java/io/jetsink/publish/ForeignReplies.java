package io.jetsink.publish;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.nats.stream.MisconfiguredException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs replies to a task's messages that do not come from the expected stream, at most once a minute, and remembers for the
 * life of the task whether there were such replies. Thread-safe.
 */
public final class ForeignReplies {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignReplies.class);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final LongSupplier clock;
    private long count;
    private long nextAt;
    private volatile boolean acks;
    private volatile boolean ownStream;

    public ForeignReplies(String name, LongSupplier clock) {
        this.name = name;
        this.clock = clock;
    }

    /** Returns the name of the task. */
    public String name() {
        return name;
    }

    /** Counts a foreign reply to a message on this subject, null if the subject is not known. */
    public void ignored(@Nullable String subject, JetStreamReply reply, AckSource expected) {
        boolean isAck = !reply.stream().isEmpty();
        if (isAck) {
            acks = true;
        }
        long counted = count();
        if (counted > 0) {
            LOG.warn(
                    "{} {}: ignored an answer to a message{}: it is {} and not an ack of {}, whose ack still counts"
                            + " ({} such answers so far). Something else answers there: {}",
                    ErrorCode.FOREIGN_ANSWER,
                    name,
                    subject == null ? "" : " on subject " + LogSafeText.of(subject),
                    isAck ? "an ack of " + shown(reply) : "no ack",
                    expected.shown(),
                    counted,
                    isAck
                            ? "remove the subject from that stream, or change subject"
                            : "unsubscribe the service that replies to it, or change subject");
        }
    }

    /** Returns the number of replies so far if it is time to log it, otherwise 0. */
    private synchronized long count() {
        long now = clock.getAsLong();
        if (++count > 1 && now - nextAt < 0) {
            return 0;
        }
        nextAt = now + MINUTE;
        return count;
    }

    private static String shown(JetStreamReply ack) {
        return LogSafeText.of(AckSource.shown(ack.stream(), ack.domain()));
    }

    /** Whether another stream has ever acked a message of this task. */
    public boolean wereAcks() {
        return acks;
    }

    /** Notes that the expected stream has acked by its name and domain. */
    public void ownAck() {
        ownStream = true;
    }

    /** Whether the expected stream has ever acked a message of this task by its name and domain. */
    public boolean wasOwnAck() {
        return ownStream;
    }

    /**
     * Returns the failure of a message that only other streams acked.
     *
     * @param foreign the latest of these acks
     * @return a misconfiguration, or an outage if the stream has the expected name: a stream of that name in another domain
     *     does not show that the expected one is gone
     */
    public static IOException failure(JetStreamReply foreign, AckSource expected) {
        String text = "an ack came from " + shown(foreign) + " and none from " + expected.shown()
                + ": correct jetstream.stream or jetstream.domain, or remove the subject from that stream";
        String stream = expected.stream();
        return stream == null || stream.equals(foreign.stream())
                ? new CodedException(ErrorCode.OTHER_STREAM, text)
                : new MisconfiguredException(ErrorCode.OTHER_STREAM, text);
    }
}
