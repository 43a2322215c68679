package io.jetsink.observability;

import io.jetsink.support.prometheus.Prometheus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the rows of the dashboard from the answers of a Prometheus. */
final class DashboardPictures {
    private static final Path FOLDER = Observability.DOCS.resolve("images");
    private static final Duration STEP = Duration.ofSeconds(2);
    private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");
    private static final int COLUMNS = 3;

    private DashboardPictures() {}

    /** Writes {@code src/docs/images/dashboard-<row>.png} for each row. */
    static void write(Prometheus prometheus, Instant begin, Instant end) throws IOException {
        Files.createDirectories(FOLDER);
        for (Dashboard.Row row : Dashboard.read().rows()) {
            List<XYChart> charts = new ArrayList<>();
            for (Dashboard.Panel panel : row.panels()) {
                if (!panel.isTable()) {
                    charts.add(chart(prometheus, panel, begin, end));
                }
            }
            while (charts.size() % COLUMNS != 0) {
                charts.add(blank());
            }
            Path file = FOLDER.resolve("dashboard-" + fileName(row.title()));
            BitmapEncoder.saveBitmap(charts, charts.size() / COLUMNS, COLUMNS, file.toString(), BitmapFormat.PNG);
        }
    }

    static String fileName(String row) {
        return row.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-").replaceAll("-$", "");
    }

    private static XYChart chart(Prometheus prometheus, Dashboard.Panel panel, Instant begin, Instant end) {
        XYChart chart = blank();
        chart.setTitle(panel.title() + (panel.unit().equals("none") ? "" : " (" + panel.unit() + ")"));
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS).setLegendVisible(true);
        for (Dashboard.Query query : panel.queries()) {
            String expression = query.expression()
                    .replaceAll("\\$(namespace|connector|task)\\b", ".*")
                    .replace("$__rate_interval", "10s");
            for (Prometheus.Points points : prometheus.graph(expression, begin, end, STEP)) {
                add(chart, legend(query.legend(), points), points, begin);
            }
        }
        return chart;
    }

    /** Adds a line, which has a gap where there is no value. */
    private static void add(XYChart chart, String legend, Prometheus.Points points, Instant begin) {
        List<Double> seconds = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        double last = Double.NaN;
        for (int i = 0; i < points.times().size(); i++) {
            double time = points.times().get(i) - begin.getEpochSecond();
            if (time - last > STEP.toSeconds()) {
                seconds.add(last + 1);
                values.add(Double.NaN);
            }
            double value = points.values().get(i);
            seconds.add(time);
            values.add(Double.isFinite(value) ? value : Double.NaN);
            last = time;
        }
        if (values.stream().anyMatch(Double::isFinite) && !chart.getSeriesMap().containsKey(legend)) {
            chart.addSeries(legend, seconds, values).setMarker(SeriesMarkers.NONE);
        }
    }

    private static String legend(String template, Prometheus.Points points) {
        Matcher label = LABEL.matcher(template);
        return label.replaceAll(
                match -> Matcher.quoteReplacement(points.labels().getOrDefault(match.group(1), "")));
    }

    private static XYChart blank() {
        XYChart chart = new XYChartBuilder().width(480).height(300).build();
        chart.getStyler().setLegendVisible(false).setChartTitleBoxVisible(false);
        return chart;
    }
}
