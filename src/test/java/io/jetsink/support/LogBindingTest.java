package io.jetsink.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.jetsink.LoggedConnections;
import io.nats.client.Options;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogBindingTest {
    private static final String CLASS = "io.jetsink.publish.OutageLog";

    @Test
    void aWarningOfTheConnectorIsFoundByPackageAndByClass() {
        try (Logged logged = Logged.begin();
                Logged lines = Logged.of(CLASS)) {
            LoggerFactory.getLogger(CLASS).warn("a line of {}", "the connector");

            assertThat(logged.lines()).containsExactly("WARN a line of the connector");
            assertThat(lines.lines()).containsExactly("WARN a line of the connector");
        }
    }

    @Test
    void aLineThatJnatsLogsItselfIsFound() {
        try (Logged logged = Logged.begin()) {
            new LoggedConnections().customize(Options.builder());

            assertThat(logged.lines("a line of jnats")).hasSize(1);
        }
    }

    @Test
    void nothingIsHeardAfterTheEnd() {
        Logged logged = Logged.begin();
        logged.close();

        LoggerFactory.getLogger(CLASS).warn("too late");
        new LoggedConnections().customize(Options.builder());

        assertThat(logged.lines()).isEmpty();
    }

    /** The first line is what SLF4J prints without a binding. */
    @Test
    void aProcessThatLogsNothingIsRefused() {
        LogBinding.requireIn("worker-0", "a banner\n12:34:56.789 INFO  [main] Kafka Connect started (Connect)\n");

        assertThatThrownBy(() -> LogBinding.requireIn(
                        "worker-0", "SLF4J: Failed to load class \"org.slf4j.impl.StaticLoggerBinder\".\n"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("worker-0 logs nothing");
    }
}
