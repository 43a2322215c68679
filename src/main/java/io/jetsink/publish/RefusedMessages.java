package io.jetsink.publish;

import io.jetsink.message.LogSafeText;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one error handler of best-effort: counts the messages that JetStream or the server refused, and what a service replies
 * to a message is no such refusal. Thread-safe.
 */
public final class RefusedMessages {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedMessages.class);

    private final String connector;
    private final AtomicLong count = new AtomicLong();

    public RefusedMessages(String connector) {
        this.connector = connector;
    }

    /** How many messages the server is known to have refused. What a lost connection took with it is not in it. */
    public long count() {
        return count.get();
    }

    /**
     * One more message was not stored.
     *
     * @param error why, in a form that can be logged
     */
    void count(String error) {
        long lost = count.incrementAndGet();
        if (Long.bitCount(lost) == 1) { // 1, 2, 4, 8, …: logged, but never a line per message
            LOG.warn(
                    "{}: {} messages were refused and are lost, as delivery.guarantee=best-effort has it; the latest: {}",
                    connector,
                    lost,
                    LogSafeText.escaped(error));
        }
    }
}
