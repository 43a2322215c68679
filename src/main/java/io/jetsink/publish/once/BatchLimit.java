package io.jetsink.publish.once;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.RandomIds;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many messages a server takes in an atomic batch: {@code jetstream.limits.batch.max_msgs} of its configuration. */
public final class BatchLimit {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

    /** What it is unless somebody has changed it (nats-server 2.12.1 to 2.15). */
    public static final int USUAL = 1_000;

    private static final Pattern TOO_LARGE = Pattern.compile("too large: (\\d{1,9})\\b");
    private static final long SECONDS = 1;
    private static final byte[] EMPTY = {};

    private BatchLimit() {}

    /**
     * Asks the server, which does not tell it anywhere but when it refuses a batch: by the last message of a batch larger than
     * any can be. There is no batch before it, so nothing is stored or kept. Waits for a second at most.
     *
     * @param subject that the stream takes
     * @return {@link #USUAL} if there was no answer, or none that tells
     */
    static int of(Connection connection, String subject) throws InterruptedException {
        Headers headers = BatchHeaders.member(new Headers(), RandomIds.ofBatch(), Integer.MAX_VALUE);
        try {
            Message answer = connection.request(subject, headers, EMPTY).get(SECONDS, TimeUnit.SECONDS);
            JetStreamErrorException refusal = AckSource.error(AckSource.parse(answer.getData()));
            return refusal == null ? USUAL : in(refusal);
        } catch (ExecutionException | TimeoutException | IllegalStateException unanswered) {
            LOG.debug("how large a batch may be is not known: {} messages are tried", USUAL, unanswered);
            return USUAL;
        }
    }

    /** The number is in the text only. */
    static int in(JetStreamErrorException refusal) {
        Matcher told = TOO_LARGE.matcher(String.valueOf(refusal.getMessage()));
        return refusal.code() == JetStreamErrorException.BATCH_TOO_LARGE && told.find()
                ? Integer.parseInt(told.group(1))
                : USUAL;
    }
}
