package io.jetsink.observability;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The source of the Grafana dashboard, {@code dashboard.yaml}, and the JSON that is generated from the source. */
final class Dashboard {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROW_WIDTH = 24;
    private static final int PANEL_WIDTH = 8;
    private static final int PANEL_HEIGHT = 8;

    private static final String CLASS = "io.jetsink.NatsJetStreamSinkConnector";
    private static final String NAMESPACE = "namespace=~\"$namespace\"";
    private static final String CONNECTOR = NAMESPACE + ",connector=~\"$connector\"";
    private static final String TASK = CONNECTOR + ",task=~\"$task\"";
    /** A consumer has the connector and the task in its client id only. */
    private static final String CLIENT = NAMESPACE + ",client_id=~\"connector-consumer-($connector)-($task)\"";

    private static final List<Integer> OVER = List.of(1, 5, 25, 100, 500, 2500, 10000);

    /**
     * A panel.
     *
     * @param node its part of the source
     */
    record Panel(JsonNode node) {
        String title() {
            return node.path("title").asText();
        }

        boolean isTable() {
            return node.path("type").asText().equals("table");
        }

        boolean isStacked() {
            return node.path("stack").asBoolean();
        }

        String unit() {
            return node.path("unit").asText("none");
        }

        List<Query> queries() {
            return (isTable() ? node.path("columns") : node.path("queries"))
                    .valueStream()
                    .map(Query::new)
                    .toList();
        }
    }

    /** A series or a column. */
    record Query(JsonNode node) {
        String legend() {
            return node.path("legend").asText(node.path("name").asText());
        }

        /** Returns the expression in the spelling of the JMX exporter, with Grafana's variables. */
        String expression() {
            String source = node.has("quantile")
                    ? quantile(node.path("quantile").asText())
                    : node.path("expr").asText();
            return source.replace("{task}", "{" + TASK + "}")
                    .replace("{task;", "{" + TASK + ",")
                    .replace("{connector}", "{" + CONNECTOR + "}")
                    .replace("{connector;", "{" + CONNECTOR + ",")
                    .replace("{namespace}", "{" + NAMESPACE + "}")
                    .replace("{namespace;", "{" + NAMESPACE + ",")
                    .replace("{client}", "{" + CLIENT + "}");
        }

        /** Returns the expression for all connectors and tasks. */
        String unrestricted() {
            return expression().replaceAll("\\$(namespace|connector|task)\\b", ".*");
        }

        /** Returns a quantile from the counters of acks over a limit, as the counts of a histogram below the limits. */
        private static String quantile(String share) {
            String all = "sum by (connector) (rate(kafka_connect_plugins_nats_ack_latency_count_total{task}"
                    + "[$__rate_interval]))";
            List<String> buckets = new ArrayList<>();
            for (int limit : OVER) {
                buckets.add("label_replace(" + all
                        + " - sum by (connector) (rate(kafka_connect_plugins_nats_ack_latency_over_" + limit
                        + "_ms_total{task}[$__rate_interval])), \"le\", \"" + limit + "\", \"\", \"\")");
            }
            buckets.add("label_replace(" + all + ", \"le\", \"+Inf\", \"\", \"\")");
            return "histogram_quantile(" + share + ", " + String.join("\n  or ", buckets) + ")";
        }
    }

    /** A row of panels. */
    record Row(String title, List<Panel> panels) {}

    private final JsonNode source;

    private Dashboard(JsonNode source) {
        this.source = source;
    }

    static Dashboard read() throws IOException {
        try (InputStream yaml = Dashboard.class.getResourceAsStream("dashboard.yaml")) {
            return new Dashboard(new YAMLMapper().readTree(Objects.requireNonNull(yaml)));
        }
    }

    List<Row> rows() {
        return source.path("rows")
                .valueStream()
                .map(row -> new Row(
                        row.path("title").asText(),
                        row.path("panels").valueStream().map(Panel::new).toList()))
                .toList();
    }

    Stream<Query> queries() {
        return rows().stream().flatMap(row -> row.panels().stream()).flatMap(panel -> panel.queries().stream());
    }

    /** Returns the dashboard as Grafana imports it. */
    String json(Spelling spelling) throws JsonProcessingException {
        ObjectNode dashboard = JSON.createObjectNode();
        dashboard.put("uid", "jetsink-" + spelling.file());
        dashboard.put("title", source.path("title").asText() + " (" + spelling.title() + ")");
        dashboard.putArray("tags").add("kafka-connect").add("nats");
        dashboard.put("schemaVersion", 39);
        dashboard.put("editable", true);
        dashboard.put("refresh", "30s");
        dashboard.put("timezone", "browser");
        dashboard.putObject("time").put("from", "now-1h").put("to", "now");
        addVariables(dashboard.putObject("templating").putArray("list"), spelling);
        addPanels(dashboard.putArray("panels"), spelling);
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return JSON.writer(new DefaultPrettyPrinter()
                                .withObjectIndenter(indenter)
                                .withArrayIndenter(indenter))
                        .writeValueAsString(dashboard)
                + "\n";
    }

    /** Adds the variables. A failed task has only the metrics of Connect, which OpenTelemetry does not collect. */
    private static void addVariables(ArrayNode list, Spelling spelling) {
        list.addObject()
                .put("name", "datasource")
                .put("label", "Data source")
                .put("type", "datasource")
                .put("query", "prometheus");
        String names = "__name__=~\"kafka_connect_plugins_nats_state|";
        String ours = names + "kafka_connect_connector_metrics_connector_class\",connector_class=~\"" + CLASS + "|\"";
        String tasks = names + "kafka_connect_connector_task_metrics_status\"," + CONNECTOR;
        addVariable(list, "namespace", "Namespace", spelling.of("label_values({" + ours + "}, namespace)"));
        addVariable(
                list,
                "connector",
                "Connector",
                spelling.of("label_values({" + ours + "," + NAMESPACE + "}, connector)"));
        addVariable(list, "task", "Task", spelling.of("label_values({" + tasks + "}, task)"));
    }

    /** Adds a variable that is not restricted at first, also where no metric has the label. */
    private static void addVariable(ArrayNode list, String name, String label, String query) {
        ObjectNode variable = list.addObject()
                .put("name", name)
                .put("label", label)
                .put("type", "query")
                .put("query", query)
                .put("refresh", 2)
                .put("sort", 3)
                .put("multi", true)
                .put("includeAll", true)
                .put("allValue", ".*");
        datasource(variable);
        variable.putObject("current").put("text", "All").put("value", "$__all");
    }

    private void addPanels(ArrayNode panels, Spelling spelling) {
        int id = 0;
        int y = 0;
        for (Row row : rows()) {
            ObjectNode title = panels.addObject()
                    .put("id", ++id)
                    .put("type", "row")
                    .put("title", row.title())
                    .put("collapsed", false);
            position(title, 0, y++, ROW_WIDTH, 1);
            title.putArray("panels");
            int x = 0;
            for (Panel panel : row.panels()) {
                int width = panel.node().path("width").asInt(PANEL_WIDTH);
                if (x + width > ROW_WIDTH) {
                    x = 0;
                    y += PANEL_HEIGHT;
                }
                ObjectNode node = panels.addObject().put("id", ++id);
                position(node, x, y, width, PANEL_HEIGHT);
                fill(node, panel, spelling);
                x += width;
            }
            y += PANEL_HEIGHT;
        }
    }

    private static void fill(ObjectNode node, Panel panel, Spelling spelling) {
        node.put("type", panel.isTable() ? "table" : "timeseries").put("title", panel.title());
        if (panel.node().has("description")) {
            node.put("description", panel.node().path("description").asText());
        }
        datasource(node);
        ObjectNode fields = node.putObject("fieldConfig");
        ObjectNode defaults = fields.putObject("defaults");
        ArrayNode overrides = fields.putArray("overrides");
        ArrayNode targets = node.putArray("targets");
        if (panel.isTable()) {
            fillTable(node, panel, overrides);
        } else {
            defaults.put("unit", panel.unit()).put("min", lowest(panel));
            if (panel.node().has("max")) {
                defaults.put("max", panel.node().path("max").asInt());
            }
            mapValues(panel.node().path("values"), defaults);
            ObjectNode custom = defaults.putObject("custom");
            custom.put("fillOpacity", panel.isStacked() ? 40 : 10);
            custom.putObject("stacking").put("mode", panel.isStacked() ? "normal" : "none");
        }
        char reference = 'A';
        for (Query query : panel.queries()) {
            ObjectNode target = targets.addObject()
                    .put("refId", String.valueOf(reference++))
                    .put("expr", spelling.of(query.expression()));
            datasource(target);
            if (panel.isTable()) {
                target.put("format", "table").put("instant", true);
            } else {
                target.put("legendFormat", query.legend());
            }
        }
    }

    private static void fillTable(ObjectNode node, Panel panel, ArrayNode overrides) {
        ArrayNode transformations = node.putArray("transformations");
        transformations.addObject().put("id", "merge").putObject("options");
        ObjectNode organize = transformations.addObject().put("id", "organize").putObject("options");
        organize.putObject("excludeByName").put("Time", true);
        ObjectNode names = organize.putObject("renameByName");
        names.put("connector", "Connector").put("task", "Task");
        char reference = 'A';
        for (Query column : panel.queries()) {
            names.put("Value #" + reference++, column.legend());
            ObjectNode override = overrides.addObject();
            override.putObject("matcher").put("id", "byName").put("options", column.legend());
            ArrayNode properties = override.putArray("properties");
            if (column.node().has("unit")) {
                properties
                        .addObject()
                        .put("id", "unit")
                        .put("value", column.node().path("unit").asText());
            }
            if (column.node().has("values")) {
                ObjectNode mapped = JSON.createObjectNode();
                mapValues(column.node().path("values"), mapped);
                properties.addObject().put("id", "mappings").set("value", mapped.path("mappings"));
            }
        }
    }

    private static void mapValues(JsonNode values, ObjectNode target) {
        if (values.isMissingNode()) {
            return;
        }
        ObjectNode mapping = target.putArray("mappings").addObject().put("type", "value");
        ObjectNode options = mapping.putObject("options");
        for (Map.Entry<String, JsonNode> value : values.properties()) {
            options.putObject(value.getKey()).put("text", value.getValue().asText());
        }
    }

    private static int lowest(Panel panel) {
        return panel.node().path("values").has("-1") ? -1 : 0;
    }

    private static void position(ObjectNode node, int x, int y, int width, int height) {
        node.putObject("gridPos").put("x", x).put("y", y).put("w", width).put("h", height);
    }

    private static void datasource(ObjectNode node) {
        node.putObject("datasource").put("type", "prometheus").put("uid", "${datasource}");
    }
}
