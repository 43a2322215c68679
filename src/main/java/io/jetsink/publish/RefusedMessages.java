package io.jetsink.publish;

import io.jetsink.message.LogSafeText;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs the messages that JetStream or the server refuse with best-effort. Thread-safe. */
public final class RefusedMessages {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedMessages.class);

    private final String connector;
    private final AtomicLong count = new AtomicLong();

    public RefusedMessages(String connector) {
        this.connector = connector;
    }

    /** Counts a refused message. The count has no messages that were lost with a connection. */
    void add(String reason) {
        long refused = count.incrementAndGet();
        if (Long.bitCount(refused) == 1) { // 1, 2, 4, 8, …: never a line per message
            LOG.warn(
                    "{}: {} messages were refused and are lost (delivery.guarantee=best-effort); the latest: {}",
                    connector,
                    refused,
                    LogSafeText.escaped(reason));
        }
    }
}
