package io.jetsink.observability;

import io.jetsink.support.prometheus.Prometheus;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
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
    private static final Map<String, String> UNITS = Map.of(
            "ms", " (ms)",
            "rec", " (records)",
            "rec/s", " (records/s)",
            "bytes", " (bytes)",
            "Bps", " (bytes/s)",
            "percentunit", " (share)");

    private DashboardPictures() {}

    /**
     * Writes {@code src/docs/images/dashboard-<row>.png} for each row.
     *
     * @param marks times that get a vertical line; the first and the last one are the ends of the x axis
     */
    static void write(Prometheus prometheus, List<Instant> marks) throws IOException {
        Files.createDirectories(FOLDER);
        for (Dashboard.Row row : Dashboard.read().rows()) {
            List<XYChart> charts = new ArrayList<>();
            for (Dashboard.Panel panel : row.panels()) {
                if (!panel.isTable()) {
                    charts.add(chart(prometheus, panel, marks));
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

    private static XYChart chart(Prometheus prometheus, Dashboard.Panel panel, List<Instant> marks) {
        Instant begin = marks.get(0);
        Instant end = marks.get(marks.size() - 1);
        XYChart chart = blank();
        chart.setTitle(panel.title() + UNITS.getOrDefault(panel.unit(), ""));
        chart.getStyler()
                .setAxisTicksVisible(true)
                .setXAxisMin(0.0)
                .setXAxisMax((double) Duration.between(begin, end).toSeconds())
                .setPlotGridLinesVisible(true);
        chart.getStyler()
                .setPlotBorderVisible(true)
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendVisible(true);
        for (Dashboard.Query query : panel.queries()) {
            String expression = query.unrestricted().replace("$__rate_interval", "10s");
            for (Prometheus.Points points : prometheus.graph(expression, begin, end, STEP)) {
                add(chart, legend(query.legend(), points), points, begin);
            }
        }
        finish(chart, begin, marks.subList(1, marks.size() - 1));
        return chart;
    }

    /** Lets the y axis begin at 0, and draws the marks with their numbers. */
    private static void finish(XYChart chart, Instant begin, List<Instant> marks) {
        double highest = chart.getSeriesMap().values().stream()
                .flatMapToDouble(series -> Arrays.stream(series.getYData()))
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        if (chart.getSeriesMap().isEmpty()) {
            chart.addSeries("none", List.of(0.0), List.of(Double.NaN)).setMarker(SeriesMarkers.NONE);
        }
        double top = highest > 0 ? 1.15 * highest : 1.0;
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(top);
        for (int i = 0; i < marks.size(); i++) {
            long seconds = Duration.between(begin, marks.get(i)).toSeconds();
            chart.addAnnotation(new AnnotationLine(seconds, true, false));
            chart.addAnnotation(new AnnotationText(Integer.toString(i + 1), seconds, 0.95 * top, false));
        }
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
        chart.getStyler().setAxisTicksVisible(false).setPlotGridLinesVisible(false);
        chart.getStyler()
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setLegendVisible(false)
                .setChartTitleBoxVisible(false)
                .setAnnotationLineColor(Color.GRAY);
        return chart;
    }
}
