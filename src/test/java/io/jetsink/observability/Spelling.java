package io.jetsink.observability;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The names that a collector gives to the metrics. Sources are written in the spelling of the JMX exporter. */
enum Spelling {
    /** With {@code docker/observability/jmx-exporter.yaml}. */
    JMX_EXPORTER("jmx-exporter", "JMX exporter"),
    /**
     * Strimzi's metrics reporter 0.3 and later. All metrics of Kafka are gauges, whose names lose the suffix
     * {@code _total}; texts are info metrics.
     */
    STRIMZI_REPORTER("strimzi-reporter", "Strimzi metrics reporter");

    /** The beginnings of all names that expressions use. */
    private static final Pattern NAME = Pattern.compile("\\b(?:kafka|jvm|process|jetstream)_[a-z0-9_]+");

    private static final Pattern KAFKA_COUNTER = Pattern.compile("\\b(kafka_[a-z0-9_]+)_total\\b");
    private static final Pattern TEXT =
            Pattern.compile("\\b(kafka_connect_(?:connector_task|connector)_metrics_(?:status|connector_class))\\b");

    private final String file;
    private final String title;

    Spelling(String file, String title) {
        this.file = file;
        this.title = title;
    }

    /** Returns the part of file names that distinguishes the spelling. */
    String file() {
        return file;
    }

    String title() {
        return title;
    }

    /** Returns an expression, or any other text, in this spelling. */
    String of(String source) {
        if (this == JMX_EXPORTER) {
            return source;
        }
        String counters = KAFKA_COUNTER.matcher(source).replaceAll("$1");
        return TEXT.matcher(counters).replaceAll("$1_info");
    }

    /** Returns the names of metrics in an expression. */
    static Set<String> names(String expression) {
        return NAME.matcher(expression)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
