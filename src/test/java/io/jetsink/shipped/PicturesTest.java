package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pictures of the README are drawn from the tables that the benchmark and the fault laboratory have written. */
final class PicturesTest {
    private static final Path DOCS = Path.of(System.getProperty("jetsink.basedir", "."), "src", "docs");

    @ParameterizedTest
    @EnumSource
    void theDataPathIsDrawn(Palette palette) throws IOException {
        assertUpToDate(palette.fileOf("data-path"), palette.paint(Palette.resource("data-path.svg")));
    }

    @ParameterizedTest
    @EnumSource
    void theSpeedChartShowsTheBenchmark(Palette palette) throws IOException {
        String benchmarks = Files.readString(DOCS.resolve("benchmarks/README.md"));

        assertUpToDate(palette.fileOf("speed"), palette.paint(SpeedChart.of(benchmarks)));
    }

    @ParameterizedTest
    @EnumSource
    void theFaultChartShowsTheLaboratory(Palette palette) throws IOException {
        String faults = Files.readString(DOCS.resolve("faults.md"));

        assertUpToDate(palette.fileOf("faults"), palette.paint(FaultChart.of(faults)));
    }

    @Test
    void theReadmeIsForSomebodyWhoHasTwoMinutes() throws IOException {
        assertThat(Files.readAllLines(DOCS.resolve("../../README.md"))).hasSizeLessThanOrEqualTo(150);
    }

    @Test
    void theFaultChartTellsTheResultsApart() {
        String faults = """

                ## Results

                | row | fault | guarantee | records | lost | duplicates | out of order | stall | recovery | task | date |
                |---|---|---|---|---|---|---|---|---|---|---|
                | 1 | a | exactly-once | 9 | 0 | 0 | 0 | 1 | 1 | runs | d |
                | 2 | b | exactly-once | 9 | 0 | 3 | 0 | 1 | 1 | runs | d |
                | 3 | c | exactly-once | 9 | 0 | 0 | 0 | 1 | 1 | fails as expected | d |
                | 4 | d | exactly-once | 9 | 1 | 0 | 0 | 1 | 1 | runs | d |
                """;

        assertThat(FaultChart.of(faults))
                .containsPattern("class=\"good\" x=\"150\"")
                .containsPattern("class=\"fair\" x=\"159\"")
                .containsPattern("class=\"stop\" x=\"168\"")
                .containsPattern("class=\"bad\" x=\"177\"");
    }

    private static void assertUpToDate(String file, String svg) throws IOException {
        Path picture = DOCS.resolve("images").resolve(file);
        if (System.getProperty("reference.write") != null) {
            Files.writeString(picture, svg);
        }
        assertThat(picture)
                .as("write it with: mvn -q test -Dtest=PicturesTest -Dreference.write")
                .hasContent(svg);
    }
}
