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

/** How many messages a server accepts in an atomic batch: {@code jetstream.limits.batch.max_msgs} of its configuration. */
public final class BatchLimit {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

    /** The default of nats-server 2.12.1 to 2.15. */
    public static final int USUAL = 1_000;

    private static final Pattern TOO_LARGE = Pattern.compile("too large: (\\d{1,9})\\b");
    private static final long SECONDS = 1;
    private static final byte[] EMPTY = {};

    private BatchLimit() {}

    /**
     * Requests the limit of the server, which names it only when it refuses a batch. So this sends the last message of a batch
     * that is larger than any limit. The batch has no other message, so the server stores and keeps nothing. Waits for at most
     * a second.
     *
     * @param subject of the stream
     * @return {@link #USUAL} if no reply names the limit
     */
    static int of(Connection connection, String subject) throws InterruptedException {
        Headers headers = BatchHeaders.member(new Headers(), RandomIds.ofBatch(), Integer.MAX_VALUE);
        try {
            Message reply = connection.request(subject, headers, EMPTY).get(SECONDS, TimeUnit.SECONDS);
            JetStreamErrorException refusal = AckSource.error(AckSource.parse(reply.getData()));
            if (refusal != null && refusal.code() == JetStreamErrorException.BATCH_TOO_LARGE) {
                Matcher limit = TOO_LARGE.matcher(String.valueOf(refusal.getMessage()));
                return limit.find() ? Integer.parseInt(limit.group(1)) : USUAL;
            }
        } catch (ExecutionException | TimeoutException | IllegalStateException unanswered) {
            LOG.debug("the server did not name its batch limit: {} messages are tried", USUAL, unanswered);
        }
        return USUAL;
    }
}
