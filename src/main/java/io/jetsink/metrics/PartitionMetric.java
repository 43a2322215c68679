package io.jetsink.metrics;

import java.util.List;
import java.util.function.Function;

/** The metrics of each partition of a task. */
enum PartitionMetric implements Metric {
    LAST_ACKED_OFFSET(
            "nats-last-acked-offset",
            "",
            "Offset up to which every record of the partition is settled; -1 before the first. Updated once a second.",
            PartitionValues::lastAcked),
    UNACKED_RECORDS(
            "nats-unacked-records",
            "records",
            "Records of the partition that the task holds and that are not settled. Updated once a second.",
            PartitionValues::unacked);

    private final String id;
    private final String unit;
    private final String description;
    private final Function<PartitionValues, Number> value;

    PartitionMetric(String id, String unit, String description, Function<PartitionValues, Number> value) {
        this.id = id;
        this.unit = unit;
        this.description = description;
        this.value = value;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Part part() {
        return Part.PARTITIONS;
    }

    @Override
    public List<String> tags() {
        return List.of("topic", "partition");
    }

    @Override
    public String unit() {
        return unit;
    }

    @Override
    public String description() {
        return description;
    }

    Number value(PartitionValues values) {
        return value.apply(values);
    }
}
