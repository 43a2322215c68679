package io.jetsink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricCatalogueTest {
    private static final Path FILE = Path.of("src", "docs", "metrics.md");

    private static List<String> ids() {
        return MetricCatalogue.all().stream().map(Metric::id).toList();
    }

    @Test
    void committedReferenceIsThatOfTheMetrics() throws IOException {
        String reference = MetricsReference.render();
        if (System.getProperty("reference.write") != null) {
            Files.writeString(FILE, reference);
        }

        assertThat(Files.readString(FILE))
                .as("write it with: mvn -q test -Dtest=MetricCatalogueTest -Dreference.write")
                .isEqualTo(reference);
    }

    /** Some collectors strip {@code _total}, and others add it: a name must not exist in both spellings. */
    @Test
    void noTwoNamesDifferOnlyByTotal() {
        assertThat(ids().stream().map(id -> id.replaceFirst("-total$", ""))).doesNotHaveDuplicates();
    }

    @Test
    void namesAreOfOnePattern() {
        assertThat(ids()).allMatch(id -> id.matches("nats(-[a-z0-9]+)+"));
    }

    @Test
    void descriptionsAreSentences() {
        assertThat(MetricCatalogue.all())
                .allMatch(metric -> metric.description().matches("[0-9A-Z].*\\."));
    }
}
