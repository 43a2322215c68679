package io.jetsink.publish;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.PublishMode;
import io.jetsink.config.PublishSettings;

/** Chooses the strategy, once, at start. */
public final class Publishers {
    private Publishers() {}

    /** @param name of the task, for log lines */
    public static PublisherFactory of(String name, PublishSettings publish, JetStreamSettings jetStream) {
        return switch (publish.guarantee()) {
            case BEST_EFFORT -> CorePublisher.factory(publish.maxPending(), new LostMessages(name));
            case AT_LEAST_ONCE ->
                AsyncPublisher.factory(
                        jetStream.stream(), publish.mode() == PublishMode.SYNC ? 1 : publish.maxPending());
        };
    }
}
