package io.jetsink.metrics;

import io.jetsink.message.ErrorCode;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders the reference of all metrics, {@code src/docs/metrics.md}, from their definitions. */
final class MetricsReference {
    private static final String HEAD = """
            # Metrics

            Each task has metrics in JMX, in MBeans with names of this form:

            ```
            kafka.connect:type=plugins,connector=<connector>,task=<task>
            kafka.connect:type=plugins,connector=<connector>,task=<task>,reason=<code>
            kafka.connect:type=plugins,connector=<connector>,task=<task>,topic=<topic>,partition=<partition>
            ```

            Names, tags and values are the same on all workers. A worker of Kafka 4.1 or later registers the metrics itself, as
            plugin metrics (KIP-877), and its metrics reporters receive them, too. On older workers the connector registers the
            MBeans. As everywhere in Kafka, a value in an MBean name is in quotes if it contains characters other than letters,
            digits, `_`, `-`, `.`, `%` and spaces.

            In Prometheus, the name begins with `kafka_connect_plugins_` and has `_` instead of `-`: `nats-acked-total` is
            `kafka_connect_plugins_nats_acked_total`. With Strimzi's metrics reporter, the names of counters have no `_total`.
            The tags are labels.

            The name of a counter ends with `-total`. A counter begins at 0 when the task starts. All reasons are registered from
            the start, so that the first increase of each is visible.

            A task that Connect has given up keeps its names until its thread ends. The new task then runs without metrics, logs
            `JS-1011`, and registers its metrics when the names are free.

            [Operations](operations.md#monitoring) describes how to monitor the connector. The
            [glossary](architecture.md#glossary) defines the terms *epoch*, *settled*, *window* and *offset marker*.

            This file is generated: do not edit it. After a change of the metrics, generate it again:

            ```sh
            mvn -q test -Dtest=MetricCatalogueTest -Dreference.write
            ```
            """;

    private static final String COLUMNS = """

            | Name | Kind | Unit | Meaning |
            |---|---|---|---|
            """;

    private MetricsReference() {}

    static String render() {
        return HEAD
                + "\n## Metrics of a task\n\nThe metrics of latencies exist with `metrics.latency=true`, the default.\n"
                + table(Stream.of(TaskMetric.values()).filter(metric -> metric.part() != Metric.Part.PARTITIONS))
                + "\n## Counters by reason\n\nThe tag `reason` is a code of [troubleshooting](troubleshooting.md).\n"
                + table(Stream.of(ReasonMetric.values()))
                + "\n| Name | Reasons |\n|---|---|\n"
                + reasons(ReasonMetric.SKIPPED, ErrorCode.Counted.SKIPPED)
                + reasons(ReasonMetric.REJECTED, ErrorCode.Counted.REJECTED)
                + reasons(ReasonMetric.RETRIES, ErrorCode.Counted.RETRIED)
                + "\n## Metrics of a partition\n\nThese metrics exist with `metrics.partitions=true`. The tags are `topic` and"
                + " `partition`, except for `nats-partitions-not-shown`,\nwhich has only `connector` and `task`.\n"
                + table(Stream.concat(Stream.of(PartitionMetric.values()), Stream.of(TaskMetric.PARTITIONS_NOT_SHOWN)));
    }

    private static String table(Stream<? extends Metric> metrics) {
        return COLUMNS
                + metrics.map(metric -> "| `" + metric.id() + "` | "
                                + metric.kind().name().toLowerCase(Locale.ROOT) + " | " + metric.unit() + " | "
                                + metric.description() + " |\n")
                        .collect(Collectors.joining());
    }

    private static String reasons(Metric metric, ErrorCode.Counted counted) {
        return "| `" + metric.id() + "` | "
                + ErrorCode.of(counted).stream()
                        .map(code -> "`" + code.id() + "`")
                        .collect(Collectors.joining(", "))
                + " |\n";
    }
}
