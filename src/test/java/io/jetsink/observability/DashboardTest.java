package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped dashboards are those of the source, and Grafana can import them. */
final class DashboardTest {
    private final Dashboard dashboard = Dashboard.read();

    DashboardTest() throws IOException {}

    @ParameterizedTest
    @EnumSource
    void theShippedDashboardIsThatOfTheSource(Spelling spelling) throws IOException {
        Observability.assertUpToDate(
                Observability.FOLDER.resolve("grafana/jetsink-" + spelling.file() + ".json"),
                dashboard.json(spelling),
                DashboardTest.class);
    }

    @Test
    void hasARowForEachQuestion() {
        assertThat(dashboard.rows())
                .extracting(Dashboard.Row::title)
                .containsExactly(
                        "Is it well?",
                        "Throughput",
                        "Where does the time go?",
                        "Latency",
                        "Errors by reason",
                        "Kafka side",
                        "NATS side",
                        "JVM");
    }

    @Test
    void theDocumentationHasAPictureOfEachRow() throws IOException {
        String page = Files.readString(Observability.DOCS.resolve("dashboard.md"));

        assertThat(dashboard.rows()).allSatisfy(row -> {
            String picture = "images/dashboard-" + DashboardPictures.fileName(row.title()) + ".png";
            assertThat(page).contains("## `" + row.title() + "`\n", "](" + picture + ")");
            assertThat(Observability.DOCS.resolve(picture)).isRegularFile();
        });
    }

    @Test
    void everyQueryHasALegendAndNamesAMetric() {
        assertThat(dashboard.queries()).isNotEmpty().allSatisfy(query -> {
            assertThat(query.legend()).isNotEmpty();
            assertThat(Spelling.names(query.expression())).isNotEmpty();
            assertThat(query.expression())
                    .doesNotContain("{task}", "{task;", "{connector", "{namespace}", "{namespace;", "{client}");
        });
    }

    @ParameterizedTest
    @EnumSource
    void panelsDoNotOverlapAndHaveIdsOfTheirOwn(Spelling spelling) throws IOException {
        List<JsonNode> panels = new JsonMapper()
                .readTree(dashboard.json(spelling))
                .path("panels")
                .valueStream()
                .toList();
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : panels) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            JsonNode at = panel.path("gridPos");
            for (int x = at.path("x").asInt();
                    x < at.path("x").asInt() + at.path("w").asInt();
                    x++) {
                assertThat(x).isLessThan(24);
                for (int y = at.path("y").asInt();
                        y < at.path("y").asInt() + at.path("h").asInt();
                        y++) {
                    assertThat(cells.add(x + "/" + y))
                            .as("%s at %d/%d", panel.path("title"), x, y)
                            .isTrue();
                }
            }
        }
    }
}
