package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.metrics.Metric;
import io.jetsink.metrics.MetricCatalogue;
import io.jetsink.support.Bridge;
import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.prometheus.Scrape;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The Prometheus JMX exporter with the shipped rules, as an agent of a real worker. */
final class JmxExporterIT {
    /** Metrics of other exporters: prometheus-nats-exporter, {@code collector/jsz.go}, started with {@code -jsz=all}. */
    private static final Set<String> OTHER_EXPORTERS = Set.of(
            "jetstream_stream_last_seq",
            "jetstream_stream_limit_bytes",
            "jetstream_stream_limit_messages",
            "jetstream_stream_total_bytes",
            "jetstream_stream_total_messages");

    @Test
    void everyMetricIsExportedWithItsValueAndNothingElseIsUsed() throws Exception {
        try (NatsPort port = NatsPort.reserve();
                Bridge bridge = Bridge.start(1, connect -> connect.jvmFlag(agent(port)))) {
            ScrapedTask task = ScrapedTask.start(bridge);

            Scrape scrape = task.scrape(
                    URI.create("http://127.0.0.1:" + port.number() + "/metrics"),
                    (metric, tags) -> new Scrape.Series(ScrapedTask.name(metric), tags));

            for (Metric metric : MetricCatalogue.all()) {
                assertThat(scrape.types())
                        .containsEntry(
                                ScrapedTask.name(metric), metric.kind().name().toLowerCase(Locale.ROOT));
            }
            assertThat(scrape.types().keySet())
                    .filteredOn(name -> name.startsWith("kafka_connect_plugins_nats_"))
                    .hasSameSizeAs(MetricCatalogue.all());
            Set<String> used = used();
            assertThat(used).isSubsetOf(union(scrape.names(), OTHER_EXPORTERS));
            assertThat(OTHER_EXPORTERS).isSubsetOf(used);
        }
    }

    @Test
    void theDocumentedVersionIsTheTestedOne() throws IOException {
        String jar =
                ProcessClassPath.jar("jmx_prometheus_javaagent-").getFileName().toString();

        assertThat(Observability.DOCS.resolve("operations.md")).content().contains("=-javaagent:" + jar + "=9404:");
        assertThat(Observability.FOLDER.resolve("jmx-exporter.yaml"))
                .content()
                .contains("=-javaagent:" + jar + "=9404:");
    }

    /** Returns all names in expressions of the dashboard and of the alerts. */
    private static Set<String> used() throws Exception {
        Set<String> used = new TreeSet<>();
        Dashboard.read().queries().forEach(query -> used.addAll(Spelling.names(query.expression())));
        AlertRules.read().rules().forEach(rule -> used.addAll(Spelling.names(rule.expression())));
        return used;
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(more);
        return all;
    }

    private static String agent(NatsPort port) {
        return "-javaagent:" + ProcessClassPath.jar("jmx_prometheus_javaagent-") + "=127.0.0.1:" + port.number() + ":"
                + Observability.FOLDER.resolve("jmx-exporter.yaml");
    }
}
