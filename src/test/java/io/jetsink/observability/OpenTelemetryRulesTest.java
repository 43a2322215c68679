package io.jetsink.observability;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class OpenTelemetryRulesTest {
    @Test
    void theShippedRulesAreThoseOfTheMetrics() throws IOException {
        Observability.assertUpToDate(
                Observability.FOLDER.resolve("otel-jmx.yaml"),
                OpenTelemetryRules.render(),
                OpenTelemetryRulesTest.class);
    }
}
