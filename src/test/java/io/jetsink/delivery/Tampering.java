package io.jetsink.delivery;

import io.jetsink.publish.Publisher.Outcomes;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Ways to break a pipeline from outside, to see whether the model notices. */
interface Tampering {
    Tampering NONE = new Tampering() {};

    /** What Connect gets to see of the offsets that the pipeline returned. */
    default Map<TopicPartition, OffsetAndMetadata> offsets(
            Map<TopicPartition, OffsetAndMetadata> safe, Map<TopicPartition, OffsetAndMetadata> consumed) {
        return safe;
    }

    /** What the pipeline gets to hear of the outcomes. */
    default Outcomes outcomes(Outcomes pipeline) {
        return pipeline;
    }

    /** Whether the server really keeps what it acks. */
    default boolean stores(Delivery delivery) {
        return true;
    }

    /** Whether the pipeline hears that partitions are closed. */
    default boolean closes() {
        return true;
    }

    /** Whether the consumer hears that it may go on. */
    default boolean resumes() {
        return true;
    }

    /** Whether the consumer hears where it is to go on. */
    default boolean seeks() {
        return true;
    }

    /** Whether what was reported comes anywhere. */
    default boolean reports(Delivery delivery) {
        return true;
    }
}
