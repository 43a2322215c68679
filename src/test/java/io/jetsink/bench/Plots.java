package io.jetsink.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** Draws medians as PNG files. */
final class Plots {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 450;
    private static final String NUMBERS = "#,##0.#";

    private Plots() {}

    /** @param series points by their names */
    static void lines(
            Path file, String title, String x, String y, Map<String, ? extends NavigableMap<Double, Double>> series)
            throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setDecimalPattern(NUMBERS);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        series.forEach((name, points) ->
                chart.addSeries(name, new ArrayList<>(points.keySet()), new ArrayList<>(points.values())));
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    /** @param series values by their names, each with one value for each category */
    static void bars(Path file, String title, String y, List<String> categories, Map<String, List<Double>> series)
            throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setDecimalPattern(NUMBERS);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        series.forEach((name, values) -> chart.addSeries(name, categories, values));
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }
}
