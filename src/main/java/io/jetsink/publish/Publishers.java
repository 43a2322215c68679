package io.jetsink.publish;

import io.jetsink.config.DeliveryGuarantee;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;

/** Chooses the strategy, once, at start. */
public final class Publishers {
    private Publishers() {}

    /**
     * @param name of the task, for log lines
     * @param subjects a filter that covers all subjects that can be written to
     */
    public static PublisherFactory of(String name, SinkConfig config, String subjects) {
        PublishSettings publish = config.publish();
        if (publish.guarantee() == DeliveryGuarantee.BEST_EFFORT) {
            return CorePublisher.factory(publish.maxPending(), new LostMessages(name));
        }
        if (publish.guarantee() == DeliveryGuarantee.EXACTLY_ONCE) {
            MarkerSubjects markers = new MarkerSubjects(config.exactlyOnce().markerPrefix(), config.connectorName());
            return new ExactlyOnceMode(publish, config.exactlyOnce(), config.jetStream(), markers, subjects);
        }
        return switch (publish.mode()) {
            case SYNC -> AsyncPublisher.factory(config.jetStream().stream(), 1);
            case ASYNC -> AsyncPublisher.factory(config.jetStream().stream(), publish.maxPending());
            case FAST, AUTO -> new FastMode(name, publish, config.jetStream(), subjects);
        };
    }
}
