package io.jetsink.observability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode;
import io.jetsink.metrics.Metric;
import io.jetsink.metrics.MetricCatalogue;
import io.jetsink.support.Bridge;
import io.jetsink.support.process.JmxClient;
import io.jetsink.support.prometheus.Scrape;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;

/**
 * A task in a real worker that has published a known load and is idle: what collectors read is compared with what JMX shows.
 *
 * @param bridge one worker
 * @param connector the name of the connector; JMX has to quote it
 */
record ScrapedTask(Bridge bridge, String connector) {
    private static final String TOPIC = "scraped";
    private static final int RECORDS = 2_000;
    private static final int REJECTED = 20;
    private static final int TOMBSTONES = 3;
    private static final int ACKED = RECORDS - REJECTED - TOMBSTONES;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GROUP = "kafka_connect_plugins_";

    /** Gives a metric the name and the labels that a collector does. */
    interface Naming extends BiFunction<Metric, Map<String, String>, Scrape.Series> {}

    static ScrapedTask start(Bridge bridge) {
        String connector = "scraped:1";
        bridge.kafka().createTopic(TOPIC, 1);
        bridge.createStream(TOPIC, stream -> stream.allowBatched());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] key = i % (RECORDS / REJECTED) == 7 ? null : "k".getBytes(UTF_8);
            records.add(new ProducerRecord<>(TOPIC, 0, key, i > 0 && i <= TOMBSTONES ? null : new byte[100]));
        }
        bridge.kafka().produce(records);
        Map<String, String> config = new HashMap<>(bridge.config(TOPIC, 1));
        config.put("subject", TOPIC + ".${key}");
        config.put("tombstones", "skip");
        config.put("metrics.partitions", "true");
        config.put("errors.tolerance", "all");
        bridge.rest().create(connector, config);
        bridge.rest().awaitRunning(connector, 1);
        bridge.kafka().awaitDrained(bridge.rest(), connector, List.of(TOPIC), PATIENCE);
        return new ScrapedTask(bridge, connector);
    }

    /**
     * Scrapes until the collector knows the task, and requires that each metric has the value that JMX shows before or after
     * the scrape, or one in between.
     */
    Scrape scrape(URI url, Naming naming) throws IOException {
        try (JmxClient worker = JmxClient.attach(bridge.connect().worker(0).pid())) {
            Scrape.Series last = naming.apply(metric("nats-last-acked-offset"), tags("topic", TOPIC, "partition", "0"));
            Awaitility.await("the last offset")
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(plugins(Scrape.of(url))).containsEntry(last, RECORDS - 1.0));
            Map<Scrape.Series, Double> before = values(worker, naming);
            Scrape scrape = scrapeOnce(url);
            Map<Scrape.Series, Double> after = values(worker, naming);
            assertThat(before)
                    .hasSameSizeAs(after)
                    .hasSizeGreaterThan(MetricCatalogue.all().size());
            assertThat(before.keySet()).isSubsetOf(scrape.values().keySet());
            before.forEach((series, value) -> {
                double then = after.get(series);
                assertThat(scrape.values().get(series))
                        .as("%s", series)
                        .isBetween(Math.min(value, then), Math.max(value, then));
            });
            assertKnownLoad(scrape, naming);
            return scrape;
        }
    }

    private static Map<Scrape.Series, Double> plugins(Scrape scrape) {
        Map<Scrape.Series, Double> plugins = new HashMap<>(scrape.values());
        plugins.keySet().removeIf(series -> !series.name().startsWith(GROUP));
        return plugins;
    }

    private static Scrape scrapeOnce(URI url) throws IOException {
        try {
            return Scrape.of(url);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void assertKnownLoad(Scrape scrape, Naming naming) {
        Map<Scrape.Series, Double> exact = new HashMap<>();
        Map.of("nats-records-total", RECORDS, "nats-acked-total", ACKED, "nats-batch-records-total", ACKED)
                .forEach((id, value) -> exact.put(naming.apply(metric(id), tags()), (double) value));
        Map.of("nats-connected", 1, "nats-mode", 3, "nats-state", 0, "nats-epochs-total", 1)
                .forEach((id, value) -> exact.put(naming.apply(metric(id), tags()), (double) value));
        exact.put(naming.apply(metric("nats-rejected-total"), tags("reason", ErrorCode.NO_SUBJECT.id())), (double)
                REJECTED);
        exact.put(naming.apply(metric("nats-skipped-total"), tags("reason", ErrorCode.TOMBSTONE_SKIPPED.id())), (double)
                TOMBSTONES);
        exact.put(naming.apply(metric("nats-retries-total"), tags("reason", ErrorCode.STREAM_FULL.id())), 0.0);
        assertThat(scrape.values()).containsAllEntriesOf(exact);
    }

    /** Returns all metrics of the task as JMX shows them, with the collector's names. */
    private Map<Scrape.Series, Double> values(JmxClient worker, Naming naming) throws IOException {
        Map<Scrape.Series, Double> values = new HashMap<>();
        worker.values("kafka.connect:type=plugins,*").forEach((entry, value) -> {
            int blank = entry.lastIndexOf(' ');
            String id = entry.substring(blank + 1);
            if (id.startsWith("nats-")) {
                Scrape.Series series = naming.apply(metric(id), tags(entry.substring(0, blank)));
                values.put(series, ((Number) value).doubleValue());
            }
        });
        return values;
    }

    private static Map<String, String> tags(String objectName) {
        try {
            Map<String, String> tags = new TreeMap<>(new ObjectName(objectName).getKeyPropertyList());
            tags.remove("type");
            tags.replaceAll((key, value) -> value.startsWith("\"") ? ObjectName.unquote(value) : value);
            return tags;
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(objectName, e);
        }
    }

    private Map<String, String> tags(String... more) {
        Map<String, String> tags = new TreeMap<>(Map.of("connector", connector, "task", "0"));
        for (int i = 0; i < more.length; i += 2) {
            tags.put(more[i], more[i + 1]);
        }
        return tags;
    }

    private static Metric metric(String id) {
        return MetricCatalogue.all().stream()
                .filter(any -> any.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not documented: " + id));
    }

    /** Returns the name of a metric in the spelling of the JMX exporter. */
    static String name(Metric metric) {
        return GROUP + metric.id().replace('-', '_');
    }
}
