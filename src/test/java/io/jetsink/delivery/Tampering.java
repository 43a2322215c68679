package io.jetsink.delivery;

import io.jetsink.publish.Publisher.Outcomes;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Ways to break a pipeline from outside, to see whether the model notices. */
interface Tampering {
    Tampering NONE = new Tampering() {};

    /** Changes the offsets that the pipeline returns to Connect. */
    default Map<TopicPartition, OffsetAndMetadata> offsets(
            Map<TopicPartition, OffsetAndMetadata> safe, Map<TopicPartition, OffsetAndMetadata> consumed) {
        return safe;
    }

    /** Changes the outcomes that are reported to the pipeline. */
    default Outcomes outcomes(Outcomes pipeline) {
        return pipeline;
    }

    /** Whether the server stores what it acks. */
    default boolean stores(Delivery delivery) {
        return true;
    }

    /** Whether closed partitions are reported to the pipeline. */
    default boolean closes() {
        return true;
    }

    /** Whether a resume reaches the consumer. */
    default boolean resumes() {
        return true;
    }

    /** Whether a seek reaches the consumer. */
    default boolean seeks() {
        return true;
    }

    /** Whether a reported record reaches the dead letter queue. */
    default boolean reports(Delivery delivery) {
        return true;
    }
}
