package io.jetsink.shipped;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A square for each result of the fault laboratory: a column for each fault, a row for each guarantee. */
final class FaultChart {
    private static final List<String> GUARANTEES =
            List.of("at-least-once fast", "at-least-once async", "at-least-once sync", "exactly-once", "best-effort");
    private static final int LEFT = 150;
    private static final int STEP = 9;
    private static final int ROW = 22;

    /** The results that the laboratory measures, from best to worst. */
    enum Result {
        ONCE("good", "each record once"),
        TWICE("fair", "nothing lost, some duplicates"),
        FAILED("stop", "the task fails with the documented error, nothing lost"),
        LOST("bad", "records lost");

        private final String style;
        private final String meaning;

        Result(String style, String meaning) {
            this.style = style;
            this.meaning = meaning;
        }

        static Result of(List<String> row) {
            if (Long.parseLong(row.get(4)) > 0) {
                return LOST;
            }
            if (!row.get(9).equals("runs")) {
                return FAILED;
            }
            return Long.parseLong(row.get(5)) > 0 ? TWICE : ONCE;
        }
    }

    private FaultChart() {}

    static String of(String faults) {
        Map<String, Map<String, List<String>>> scenarios = new LinkedHashMap<>();
        for (List<String> row : MarkdownTable.below("## Results", faults).rows()) {
            scenarios
                    .computeIfAbsent(row.get(0) + ' ' + row.get(1), fault -> new LinkedHashMap<>())
                    .put(row.get(2), row);
        }
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 %d\" role=\"img\">\n"
                .formatted(GUARANTEES.size() * ROW + 66));
        svg.append("<title>Results of the fault laboratory</title>\n<style>{style}</style>\n");
        svg.append("<text class=\"tiny left\" x=\"%d\" y=\"16\">%d faults, one column each</text>\n"
                .formatted(LEFT, scenarios.size()));
        for (String guarantee : GUARANTEES) {
            int y = 26 + GUARANTEES.indexOf(guarantee) * ROW;
            svg.append("<text class=\"small right\" x=\"%d\" y=\"%d\">%s</text>\n"
                    .formatted(LEFT - 10, y + 13, guarantee));
            int x = LEFT;
            for (Map<String, List<String>> results : scenarios.values()) {
                List<String> row = results.get(guarantee);
                if (row != null) {
                    Result result = Result.of(row);
                    svg.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"17\"/>\n"
                            .formatted(result.style, x, y, STEP - 2));
                }
                x += STEP;
            }
        }
        appendLegend(svg, 26 + GUARANTEES.size() * ROW + 16);
        return svg.append("</svg>\n").toString();
    }

    private static void appendLegend(StringBuilder svg, int y) {
        List<Integer> columns = new ArrayList<>(List.of(0, 130, 320, 660));
        for (Result result : Result.values()) {
            int x = LEFT + columns.get(result.ordinal());
            svg.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\"/>\n"
                    .formatted(result.style, x, y - 10));
            svg.append("<text class=\"tiny left\" x=\"%d\" y=\"%d\">%s</text>\n".formatted(x + 18, y, result.meaning));
        }
    }
}
