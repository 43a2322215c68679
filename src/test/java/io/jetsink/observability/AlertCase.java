package io.jetsink.observability;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A case for promtool: a healthy task of the connector "orders", some series of which are different, and the alerts that fire.
 * A sample is 30 s; the values have promtool's notation.
 */
final class AlertCase {
    /** The end of each case: sample 80. */
    private static final String END = "40m";

    private static final String TASK = "job=\"connect\",instance=\"w1\",connector=\"orders\",task=\"0\"";
    private static final String NATS = "kafka_connect_plugins_nats_";
    private static final String CLASS = "kafka_connect_connector_metrics_connector_class";

    private final String name;
    private final Map<String, String> series = new LinkedHashMap<>();
    private final Map<String, Set<String>> expected = new LinkedHashMap<>();
    private final List<String> queries = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    private AlertCase(String name) {
        this.name = name;
        series.put("up{job=\"connect\",instance=\"w1\"}", "1x120");
        task("kafka_connect_connector_task_metrics_status", ",status=\"running\"", "1x120");
        connector("kafka_connect_connector_metrics_status", "status=\"running\"", "1x120");
        connector(CLASS, "connector_class=\"io.jetsink.NatsJetStreamSinkConnector\"", "1x120");
        lag("10x120");
        for (String counter : List.of("acked", "records", "ack_latency_count")) {
            nats(counter + "_total", "0+3000x120");
        }
        for (String counter : List.of("reconnects", "duplicate_acks", "fenced", "ack_latency_over_500_ms")) {
            nats(counter + "_total", "0x120");
        }
        nats("epochs_total", "1x120");
        reason("skipped", "JS-5012", "0x120");
        reason("rejected", "JS-5001", "0x120");
        reason("retries", "JS-2001", "0x120");
        nats("oldest_unacked_age_ms", "20x120");
        nats("waiting_records", "0x120");
        nats("connected", "1x120");
        nats("mode", "3x120");
        nats("state", "0x120");
        stream("total_bytes", "700x120");
        stream("limit_bytes", "1000x120");
        stream("total_messages", "700x120");
        stream("limit_messages", "-1x120");
    }

    /** Begins a case. The description has to be unique. */
    static AlertCase of(String name) {
        return new AlertCase(name);
    }

    /** Sets the values of one of the connector's own metrics, such as {@code acked_total}. */
    AlertCase nats(String metric, String values) {
        return task(NATS + metric, "", values);
    }

    AlertCase reason(String counter, String reason, String values) {
        return task(NATS + counter + "_total", ",reason=\"" + reason + "\"", values);
    }

    AlertCase lag(String values) {
        series.put(
                "kafka_consumer_consumer_fetch_manager_metrics_records_lag_max{job=\"connect\",instance=\"w1\","
                        + "client_id=\"connector-consumer-orders-0\"}",
                values);
        return this;
    }

    AlertCase stream(String metric, String values) {
        series.put("jetstream_stream_" + metric + "{stream_name=\"ORDERS\",is_stream_leader=\"true\"}", values);
        return this;
    }

    /** Sets the state of the task from the beginning. */
    AlertCase taskStatus(String status) {
        series.keySet().removeIf(key -> key.startsWith("kafka_connect_connector_task_metrics_status"));
        return task("kafka_connect_connector_task_metrics_status", ",status=\"" + status + "\"", "1x120");
    }

    /** Sets the state of the connector from the beginning. */
    AlertCase connectorStatus(String status) {
        series.keySet().removeIf(key -> key.startsWith("kafka_connect_connector_metrics_status"));
        return connector("kafka_connect_connector_metrics_status", "status=\"" + status + "\"", "1x120");
    }

    /** Makes the connector one of another kind. */
    AlertCase otherClass() {
        series.keySet().removeIf(key -> key.startsWith(CLASS));
        return connector(CLASS, "connector_class=\"com.example.FileSink\"", "1x120");
    }

    AlertCase withoutNatsMetrics() {
        series.keySet().removeIf(key -> key.startsWith(NATS));
        return this;
    }

    /** Lets Prometheus scrape the worker of the task without success from sample 40 to another sample. */
    AlertCase workerDownUntil(int sample) {
        series.replaceAll((key, values) -> {
            if (!key.contains("instance=\"w1\"")) {
                return values;
            }
            String afterwards =
                    sample < 120 ? " _x" + (sample - 42) + " " + values.replace("x120", "x" + (120 - sample)) : "";
            return key.startsWith("up{")
                    ? "1x40 0x" + (sample - 42) + (sample < 120 ? " 1x" + (120 - sample) : "")
                    : values.replace("x120", "x40 stale") + afterwards;
        });
        return this;
    }

    /** Lets the task end at sample 60, and start on another worker at sample 62 with counters of 0. */
    AlertCase movedToOtherWorker() {
        Map<String, String> before = new LinkedHashMap<>(series);
        before.forEach((key, values) -> {
            if (key.contains("instance=\"w1\"")) {
                series.put(key, values.replace("x120", "x60 stale"));
                String afterwards = key.startsWith(NATS + "connected")
                        ? "0 1x118"
                        : key.startsWith(NATS + "mode") ? "-1 3x118" : values.replace("1x120", "0 1x118");
                series.put(key.replace("w1", "w2"), "_x61 " + afterwards);
            }
        });
        return this;
    }

    /** Expects that an expression has a value for the task at the end, or no value at all. */
    AlertCase shows(String expression, @Nullable Integer value) {
        queries.add("      - expr: '" + expression.replaceAll("\\s+", " ") + "'\n        eval_time: " + END
                + "\n        exp_samples:"
                + (value == null
                        ? " []\n"
                        : "\n          - labels: '{connector=\"orders\",task=\"0\"}'\n            value: " + value
                                + "\n"));
        return this;
    }

    /** Expects one alert with this text at a time. */
    AlertCase describes(String time, AlertRules.Rule alert, String labels, String summary, String description) {
        texts.add("""
                      - eval_time: %s
                        alertname: %s
                        exp_alerts:
                          - exp_labels: {severity: %s, job: connect, %s}
                            exp_annotations: {summary: "%s", description: "%s", runbook_url: "%s"}
                """.formatted(
                time, alert.name(), alert.severity(), labels, summary, description, alert.annotation("runbook_url")));
        return this;
    }

    /** Expects that exactly these alerts fire at the end. */
    AlertCase fires(String... alerts) {
        return firesAt(END, alerts);
    }

    /** Expects that exactly these alerts fire at a time. */
    AlertCase firesAt(String time, String... alerts) {
        expected.put(time, new TreeSet<>(Set.of(alerts)));
        return this;
    }

    String name() {
        return name;
    }

    /** Returns the alerts that fire at some time. */
    Set<String> firing() {
        Set<String> all = new TreeSet<>();
        expected.values().forEach(all::addAll);
        return all;
    }

    /** Returns the case as an item of a file for {@code promtool test rules}. */
    String yaml() {
        StringBuilder yaml = new StringBuilder("  - name: " + name + "\n    interval: 30s\n    input_series:\n");
        series.forEach((key, values) ->
                yaml.append("      - series: '" + key + "'\n        values: '" + absoluteIncrements(values) + "'\n"));
        if (!texts.isEmpty()) {
            yaml.append("    alert_rule_test:\n");
            texts.forEach(yaml::append);
        }
        yaml.append("    promql_expr_test:\n");
        queries.forEach(yaml::append);
        expected.forEach((time, alerts) -> {
            yaml.append("      - expr: max by (alertname) (ALERTS{alertstate=\"firing\"})\n        eval_time: " + time
                    + "\n        exp_samples:" + (alerts.isEmpty() ? " []" : "") + "\n");
            alerts.forEach(alert ->
                    yaml.append("          - labels: '{alertname=\"" + alert + "\"}'\n            value: 1\n"));
        });
        return yaml.toString();
    }

    private AlertCase task(String metric, String more, String values) {
        series.put(metric + "{" + TASK + more + "}", values);
        return this;
    }

    private AlertCase connector(String metric, String more, String values) {
        series.put(metric + "{job=\"connect\",instance=\"w2\",connector=\"orders\"," + more + "}", values);
        return this;
    }

    /** Writes {@code 7x3} as {@code 7+0x3}: promtool 2.42 does not know the short form. */
    private static String absoluteIncrements(String values) {
        return Pattern.compile("(?<=^| )(-?\\d+|NaN)x").matcher(values).replaceAll("$1+0x");
    }
}
