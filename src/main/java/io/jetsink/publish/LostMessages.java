package io.jetsink.publish;

import io.jetsink.config.ShownText;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one error handler of best-effort: counts the answers that say a message was not stored. Thread-safe. */
public final class LostMessages {
    private static final Logger LOG = LoggerFactory.getLogger(LostMessages.class);
    private static final int SHOWN = 160;

    private final String connector;
    private final AtomicLong count = new AtomicLong();

    public LostMessages(String connector) {
        this.connector = connector;
    }

    /** How many messages the server is known to have refused. What a lost connection took with it is not in it. */
    public long count() {
        return count.get();
    }

    void count(Message reply) {
        String error;
        if (reply.isStatusMessage()) {
            error = String.valueOf(reply.getStatus());
        } else {
            String answer = new String(reply.getData(), StandardCharsets.UTF_8);
            if (!answer.contains("\"error\"")) {
                return;
            }
            error = ShownText.of(answer, SHOWN);
        }
        long lost = count.incrementAndGet();
        if (Long.bitCount(lost) == 1) { // 1, 2, 4, 8, …: told, but never a line per message
            LOG.warn(
                    "{}: {} messages were refused and are lost, as delivery.guarantee=best-effort has it; the latest: {}",
                    connector,
                    lost,
                    error);
        }
    }
}
