package io.jetsink.bench;

import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One run of an arm: a connector of its own that fills a stream of its own from a topic that is full. */
final class Run {
    final Arm arm;
    final String topic;
    /** The number of records in each partition. */
    final int records;

    final Map<String, String> config = new HashMap<>();
    int partitions = 1;
    int site;
    String lastToken = "${partition}";
    UnaryOperator<StreamConfiguration.Builder> stream = UnaryOperator.identity();
    /** The time after the first stored message that does not count. */
    Duration ramp = Duration.ZERO;
    /** The time after the ramp after which the run ends, even if records are left. */
    Duration limit = BenchRig.LONGEST_RUN;

    Run(Arm arm, String topic, int records) {
        this.arm = arm;
        this.topic = topic;
        this.records = records;
    }

    Run with(String key, String value) {
        config.put(key, value);
        return this;
    }

    Run with(Map<String, String> keys) {
        config.putAll(keys);
        return this;
    }

    /** The number of the topic's partitions and of the connector's tasks. */
    Run partitions(int count, int tasks) {
        partitions = count;
        return with("tasks.max", Integer.toString(tasks));
    }

    /** The servers of the rig that have the stream, in the order in which they were added to the rig. */
    Run site(int index) {
        site = index;
        return this;
    }

    /** The template of the last token of subjects. */
    Run subject(String template) {
        lastToken = template;
        return this;
    }

    Run replicas(int count) {
        UnaryOperator<StreamConfiguration.Builder> before = stream;
        stream = builder -> before.apply(builder).replicas(count);
        return this;
    }

    Run time(Duration rampUp, Duration counted) {
        ramp = rampUp;
        limit = counted;
        return this;
    }

    /** The number of messages in the stream if all records are stored. */
    long messages() {
        return arm.storesOnlyEnds() ? 2L * partitions : (long) (records + arm.messagesBeside()) * partitions;
    }
}
