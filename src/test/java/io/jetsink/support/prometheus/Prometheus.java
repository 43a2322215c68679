package io.jetsink.support.prometheus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.ProcessUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A Prometheus process on loopback, with a store of its own. */
public final class Prometheus implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home = ProcessFiles.newFolder("prometheus");
    private final NatsPort port = NatsPort.reserve();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ProcessUnderTest process;

    /**
     * Points of a series in the order of time.
     *
     * @param labels all labels
     * @param times seconds since 1970
     * @param values the values at these times
     */
    public record Points(Map<String, String> labels, List<Double> times, List<Double> values) {}

    private Prometheus(Duration interval, Map<String, List<Integer>> jobs, String rules) throws IOException {
        Files.writeString(home.resolve("rules.yaml"), rules);
        Path config = Files.writeString(home.resolve("prometheus.yaml"), config(interval, jobs));
        process = ProcessUnderTest.start(
                "prometheus",
                home.resolve("prometheus.log"),
                List.of(
                        PrometheusBinary.PROMETHEUS.path().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + home.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port.number()));
        process.awaitReady(PATIENCE, () -> get("/-/ready").statusCode() == 200);
    }

    /**
     * Starts a server.
     *
     * @param interval of scrapes and of evaluations of rules
     * @param jobs the ports on loopback that each job scrapes, at {@code /metrics}
     * @param rules the content of a file of rules
     */
    public static Prometheus start(Duration interval, Map<String, List<Integer>> jobs, String rules)
            throws IOException {
        return new Prometheus(interval, jobs, rules);
    }

    /** Returns the present value of each series of an expression. */
    public Map<Map<String, String>, Double> query(String expression) {
        Map<Map<String, String>, Double> values = new HashMap<>();
        for (JsonNode series : result("/api/v1/query?query=" + encoded(expression))) {
            values.put(labels(series), series.at("/value/1").asDouble());
        }
        return values;
    }

    /** Returns an expression as a graph shows it. */
    public List<Points> graph(String expression, Instant begin, Instant end, Duration step) {
        List<Points> graph = new ArrayList<>();
        for (JsonNode series : result("/api/v1/query_range?query=" + encoded(expression) + "&start="
                + begin.getEpochSecond() + "&end=" + end.getEpochSecond() + "&step=" + step.toSeconds())) {
            List<Double> times = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (JsonNode point : series.path("values")) {
                times.add(point.path(0).asDouble());
                values.add(Double.parseDouble(
                        point.path(1).asText().replace("+Inf", "Infinity").replace("-Inf", "-Infinity")));
            }
            graph.add(new Points(labels(series), times, values));
        }
        return graph;
    }

    @Override
    public void close() {
        process.close();
        port.close();
        ProcessFiles.delete(home);
    }

    private JsonNode result(String path) {
        try {
            HttpResponse<String> response = get(path);
            JsonNode answer = JSON.readTree(response.body());
            if (!answer.path("status").asText().equals("success")) {
                throw new IllegalStateException("Prometheus refuses " + path + ": " + response.body());
            }
            return answer.at("/data/result");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + port.number() + path);
        return http.send(HttpRequest.newBuilder(url).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String config(Duration interval, Map<String, List<Integer>> jobs) {
        String jobsText = jobs.entrySet().stream()
                .map(job -> "  - job_name: " + job.getKey() + "\n    static_configs:\n      - targets: "
                        + job.getValue().stream()
                                .map(target -> "\"127.0.0.1:" + target + "\"")
                                .toList()
                        + "\n")
                .collect(Collectors.joining());
        return "global:\n  scrape_interval: " + interval.toSeconds() + "s\n  evaluation_interval: "
                + interval.toSeconds() + "s\n  scrape_timeout: " + interval.toSeconds()
                + "s\nrule_files: [rules.yaml]\nscrape_configs:\n" + jobsText;
    }

    private static Map<String, String> labels(JsonNode series) {
        Map<String, String> labels = new TreeMap<>();
        series.path("metric")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }

    private static String encoded(String expression) {
        return URLEncoder.encode(expression, StandardCharsets.UTF_8);
    }
}
