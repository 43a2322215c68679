package io.jetsink.support.prometheus;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An answer in Prometheus' text format.
 *
 * @param types the type of each family, by its name in the answer
 * @param values all samples
 */
public record Scrape(Map<String, String> types, Map<Series, Double> values) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)(?: \\d+)?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /**
     * A series.
     *
     * @param name the name of the sample
     * @param labels all labels
     */
    public record Series(String name, Map<String, String> labels) {}

    /** Requests the metrics of an exporter. */
    public static Scrape of(URI url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url).timeout(PATIENCE).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("HTTP " + response.statusCode() + " from " + url);
        }
        return parse(response.body());
    }

    static Scrape parse(String text) {
        Map<String, String> types = new TreeMap<>();
        Map<Series, Double> values = new HashMap<>();
        text.lines().forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", 4);
                types.put(words[2], words[3]);
            } else if (!line.startsWith("#") && !line.isBlank()) {
                Matcher sample = SAMPLE.matcher(line);
                if (!sample.matches()) {
                    throw new IllegalArgumentException("Not a sample: " + line);
                }
                values.put(new Series(sample.group(1), labels(sample.group(2))), number(sample.group(3)));
            }
        });
        return new Scrape(types, values);
    }

    /** Returns the names of all samples. */
    public Set<String> names() {
        return values.keySet().stream().map(Series::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        if (text != null) {
            Matcher label = LABEL.matcher(text);
            while (label.find()) {
                labels.put(label.group(1), label.group(2).replaceAll("\\\\(.)", "$1"));
            }
        }
        return labels;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
