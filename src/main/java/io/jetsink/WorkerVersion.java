package io.jetsink;

import io.jetsink.message.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * The version of the Kafka libraries of this worker. {@code SinkRecord} has the original coordinates of a record since Kafka
 * Connect 3.6. The offsets that the connector commits are original offsets, so it cannot work with an older version.
 *
 * @param version as Kafka's own logs show it, such as {@code 3.9.2} or {@code 7.9.1-ccs}
 */
record WorkerVersion(String version) {
    private static final int MAJOR = 3;
    private static final int MINOR = 6;
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?!\\d).*");
    /** Confluent's builds have the version of the platform: 7.6 contains Kafka 3.6, and 8.0 contains Kafka 4.0. */
    private static final Pattern CONFLUENT = Pattern.compile(".*-(?:ccs|ce)\\b.*");

    private static final int CONFLUENT_AHEAD = 4;

    /**
     * Reads the version where Kafka's own classes read it. These classes are internal: Kafka 4.4 moved them to another package.
     */
    static WorkerVersion current() {
        try (InputStream in = ConfigDef.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return new WorkerVersion(
                    properties.getProperty("version", "unknown").trim());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws ConnectException if this worker is too old */
    void check() {
        String problem = problem();
        if (problem != null) {
            throw new ConnectException(ErrorCode.OLD_WORKER.text(problem));
        }
    }

    /** Returns why the connector cannot work in this worker, null if it can. An unknown version is accepted. */
    @Nullable
    String problem() {
        Matcher numbers = NUMBERS.matcher(version);
        if (!numbers.matches()) {
            return null;
        }
        int major =
                Integer.parseInt(numbers.group(1)) - (CONFLUENT.matcher(version).matches() ? CONFLUENT_AHEAD : 0);
        int minor = Integer.parseInt(numbers.group(2));
        return major > MAJOR || (major == MAJOR && minor >= MINOR)
                ? null
                : "the connector needs Kafka Connect 3.6 or later, this worker is " + version
                        + ": upgrade every worker of the Connect cluster";
    }
}
