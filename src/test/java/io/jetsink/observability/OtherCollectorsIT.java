package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jetsink.metrics.Metric;
import io.jetsink.metrics.MetricCatalogue;
import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.prometheus.Scrape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Strimzi's metrics reporter and the OpenTelemetry agent, both in one real worker. */
@Tag("faults")
final class OtherCollectorsIT {
    private static final String REPORTER = "io.strimzi.kafka.metrics.prometheus.ClientMetricsReporter";

    @Test
    void everyMetricIsExportedWithItsValue() throws Exception {
        try (NatsPort strimzi = NatsPort.reserve();
                NatsPort telemetry = NatsPort.reserve();
                Bridge bridge = Bridge.start(1, connect -> withTelemetry(withReporter(connect, strimzi), telemetry))) {
            ScrapedTask task = ScrapedTask.start(bridge);

            Scrape gauges = task.scrape(
                    url(strimzi),
                    (metric, tags) -> new Scrape.Series(Spelling.STRIMZI_REPORTER.of(ScrapedTask.name(metric)), tags));
            assertThat(expressionsOf(Spelling.STRIMZI_REPORTER))
                    .filteredOn(name -> !name.startsWith("jetstream_"))
                    .isSubsetOf(gauges.names());

            Scrape typed = task.scrape(
                    url(telemetry), (metric, tags) -> new Scrape.Series(ScrapedTask.name(metric), scoped(tags)));
            for (Metric metric : MetricCatalogue.all()) {
                assertThat(typed.types())
                        .containsEntry(
                                ScrapedTask.name(metric), metric.kind().name().toLowerCase(Locale.ROOT));
            }
        }
    }

    /** Returns all names in the shipped files of a spelling. */
    private static List<String> expressionsOf(Spelling spelling) throws IOException {
        String all = Dashboard.read().queries().map(Dashboard.Query::expression).collect(Collectors.joining("\n"))
                + AlertRules.read().rules().stream()
                        .map(AlertRules.Rule::expression)
                        .collect(Collectors.joining("\n"));
        return List.copyOf(Spelling.names(spelling.of(all)));
    }

    private static ConnectCluster.Builder withReporter(ConnectCluster.Builder connect, NatsPort port) {
        connect.withMetricsReporter()
                .property("prometheus.metrics.reporter.listener", "http://127.0.0.1:" + port.number())
                .property("prometheus.metrics.reporter.allowlist", allowList());
        for (String client : List.of("", "consumer.", "producer.", "admin.")) {
            connect.property(client + "metric.reporters", REPORTER + ",org.apache.kafka.common.metrics.JmxReporter");
            connect.property(client + "prometheus.metrics.reporter.listener", "http://127.0.0.1:" + port.number());
            connect.property(client + "prometheus.metrics.reporter.allowlist", allowList());
        }
        return connect;
    }

    /** Returns the list of the shipped file, as Strimzi's operator passes it to the reporter. */
    private static String allowList() {
        try {
            JsonNode file = new YAMLMapper()
                    .readTree(Observability.FOLDER
                            .resolve("strimzi-metrics-reporter.yaml")
                            .toFile());
            return file.at("/spec/metricsConfig/values/allowList")
                    .valueStream()
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(","));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConnectCluster.Builder withTelemetry(ConnectCluster.Builder connect, NatsPort port) {
        connect.jvmFlag("-javaagent:" + ProcessClassPath.jar("opentelemetry-javaagent-"));
        Map.of(
                        "otel.jmx.config",
                                Observability.FOLDER.resolve("otel-jmx.yaml").toString(),
                        "otel.jmx.discovery.delay", "1000",
                        "otel.metrics.exporter", "prometheus",
                        "otel.exporter.prometheus.host", "127.0.0.1",
                        "otel.exporter.prometheus.port", Integer.toString(port.number()),
                        "otel.traces.exporter", "none",
                        "otel.logs.exporter", "none",
                        "otel.instrumentation.common.default-enabled", "false",
                        "otel.instrumentation.jmx-metrics.enabled", "true")
                .forEach((key, value) -> connect.jvmFlag("-D" + key + "=" + value));
        return connect;
    }

    /** OpenTelemetry keeps the quotation marks of JMX. */
    private static Map<String, String> scoped(Map<String, String> tags) {
        Map<String, String> labels = new TreeMap<>(tags);
        labels.computeIfPresent("connector", (label, name) -> ObjectName.quote(name));
        labels.put("otel_scope_name", "io.opentelemetry.jmx");
        return labels;
    }

    private static URI url(NatsPort port) {
        return URI.create("http://127.0.0.1:" + port.number() + "/metrics");
    }
}
