package io.jetsink.support.process;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The class path of a Kafka broker or Connect worker: this JVM's, without the connector, what only the connector needs,
 * and what only tests need. The connector must come from {@code plugin.path}, as it does in production; anything it
 * forgets to package is then missing here too.
 */
public final class ProcessClassPath {
    private static final List<String> LEFT_OUT = List.of(
            "kafka-connect-nats-jetstream-",
            "jnats-",
            "bcprov-",
            "jspecify-", // the plugin
            "junit-",
            "opentest4j-",
            "apiguardian-",
            "assertj-",
            "byte-buddy-",
            "awaitility-",
            "hamcrest-",
            "archunit-",
            "mockito-",
            "objenesis-",
            "jmh-",
            "commons-math3-",
            "byteman-",
            "xchart-",
            "jmx_prometheus_javaagent-",
            "opentelemetry-javaagent-",
            "progressbar-",
            "jline-"); // the tests

    /** What users add to workers: by the beginning of the files' names. */
    private static final List<String> ADDITIONS = List.of("apicurio-", "debezium-");

    /** Strimzi's metrics reporter. */
    private static final List<String> REPORTER = List.of("client-metrics-reporter-", "prometheus-metrics-");

    private ProcessClassPath() {}

    public static String ofKafka() {
        return of(file -> begins(file, LEFT_OUT) || begins(file, ADDITIONS) || begins(file, REPORTER));
    }

    public static String ofKafkaWithAdditions() {
        return of(file -> begins(file, LEFT_OUT) || begins(file, REPORTER));
    }

    public static String ofKafkaWithMetricsReporter() {
        return of(file -> begins(file, LEFT_OUT) || begins(file, ADDITIONS));
    }

    /** Returns the jar of this JVM's class path whose name begins with these characters: that of an agent. */
    public static Path jar(String name) {
        return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> String.valueOf(entry.getFileName()).startsWith(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The class path has no " + name));
    }

    /** The logging of these processes, for a worker whose own class path has none. */
    public static String ofLogging() {
        return of(file -> !file.startsWith("log4j-"));
    }

    private static String of(Predicate<String> leftOut) {
        return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
                .filter(entry -> {
                    String file = String.valueOf(Path.of(entry).getFileName());
                    return file.endsWith(".jar") && !leftOut.test(file);
                })
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean begins(String file, List<String> names) {
        return names.stream().anyMatch(file::startsWith);
    }
}
