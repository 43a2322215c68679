package io.jetsink.shipped;

import java.util.List;
import java.util.Locale;

/** A bar for each arm of the benchmark, from the table of results on one server. */
final class SpeedChart {
    private static final int ROW = 30;
    private static final int LEFT = 150;
    private static final int WIDTH = 620;

    private SpeedChart() {}

    static String of(String benchmarks) {
        List<List<String>> rows =
                MarkdownTable.below("## Results, one server", benchmarks).rows();
        double most = rows.stream().mapToDouble(SpeedChart::most).max().orElseThrow();
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 %d\" role=\"img\">\n"
                .formatted(rows.size() * ROW + 46));
        svg.append("<title>Records per second: one task, one server</title>\n<style>{style}</style>\n");
        svg.append("<text class=\"tiny left\" x=\"%d\" y=\"16\">records per second, median; the line shows minimum and"
                .formatted(LEFT));
        svg.append(" maximum. Grey: sinks without features, for comparison</text>\n");
        int y = 28;
        for (List<String> row : rows) {
            String arm = row.get(0);
            double median = number(row.get(1));
            String kind = arm.startsWith("bare") ? "yardstick" : "bar";
            svg.append("<text class=\"small right\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(LEFT - 10, y + 16, arm));
            svg.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%s\" height=\"20\" rx=\"3\"/>\n"
                    .formatted(kind, LEFT, y, length(median, most)));
            svg.append("<path class=\"whisker\" d=\"M%s %dH%s\"/>\n"
                    .formatted(x(least(row), most), y + 10, x(most(row), most)));
            svg.append("<text class=\"small left\" x=\"%s\" y=\"%d\">%s</text>\n"
                    .formatted(x(most(row), most, 10), y + 15, row.get(1)));
            y += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private static double least(List<String> row) {
        return number(row.get(2).split(" - ")[0]);
    }

    private static double most(List<String> row) {
        return number(row.get(2).split(" - ")[1]);
    }

    private static double number(String text) {
        return Double.parseDouble(text.replace(",", "").strip());
    }

    private static String length(double value, double most) {
        return String.format(Locale.ROOT, "%.1f", WIDTH * value / most);
    }

    private static String x(double value, double most) {
        return x(value, most, 0);
    }

    private static String x(double value, double most, int more) {
        return String.format(Locale.ROOT, "%.1f", LEFT + more + WIDTH * value / most);
    }
}
