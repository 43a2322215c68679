package io.jetsink.publish;

import io.jetsink.config.DeliveryGuarantee;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.StreamCreation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses the strategy, once, at start. */
public final class Publishers {
    private Publishers() {}

    /**
     * @param name of the task, for log lines
     * @param subjects filters that together cover all subjects that can be written to
     */
    public static PublisherFactory of(String name, SinkConfig config, List<String> subjects) {
        MarkerSubjects markers = config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE
                ? new MarkerSubjects(config.exactlyOnce().markerPrefix(), config.connectorName())
                : null;
        PublisherFactory strategy = strategy(name, config, subjects, markers);
        boolean ttl = config.translation().message().usesTtl();
        PublisherFactory publishers = ttl ? new TtlStream(name, strategy, config.jetStream(), subjects) : strategy;
        StreamCreation creation = config.jetStream().creation();
        if (creation == null) {
            return publishers;
        }
        String markerFilter = markers == null ? null : markers.filter();
        return new CreatedStream(
                publishers, config.jetStream(), creation, subjects, strategy instanceof FastMode, ttl, markerFilter);
    }

    private static PublisherFactory strategy(
            String name, SinkConfig config, List<String> subjects, @Nullable MarkerSubjects markers) {
        PublishSettings publish = config.publish();
        if (markers != null) {
            return new ExactlyOnceMode(publish, config.exactlyOnce(), config.jetStream(), markers, subjects);
        }
        if (publish.guarantee() == DeliveryGuarantee.BEST_EFFORT) {
            return CorePublisher.factory(publish.maxPending(), new LostMessages(name));
        }
        return switch (publish.mode()) {
            case SYNC -> new AsyncMode(config.jetStream(), 1);
            case ASYNC -> new AsyncMode(config.jetStream(), publish.maxPending());
            case FAST, AUTO -> new FastMode(name, publish, config.jetStream(), subjects, System::nanoTime);
        };
    }
}
