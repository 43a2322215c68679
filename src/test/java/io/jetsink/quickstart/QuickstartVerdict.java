package io.jetsink.quickstart;

import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The result of a run.
 *
 * @param expected how many orders were to be delivered
 * @param report the stream against what was produced
 * @param committed whether the connector's offsets have reached the end of the topic
 * @param recordsPerSecond of the second half of the full topic, by the server's timestamps; 0 if an order is lost
 * @param latencies of the paced orders, from creation to the server's timestamp, sorted
 * @param pacedPerSecond the rate at which those were sent
 */
record QuickstartVerdict(
        int expected,
        StreamReport report,
        boolean committed,
        double recordsPerSecond,
        List<Duration> latencies,
        int pacedPerSecond) {
    QuickstartVerdict {
        List<Duration> sorted = new ArrayList<>(latencies);
        Collections.sort(sorted);
        latencies = List.copyOf(sorted);
    }

    boolean good() {
        return report.clean() && committed && report.delivered() == expected;
    }

    /** The latency that so many percent of the orders did not exceed (nearest rank). */
    Duration percentile(int percent) {
        if (latencies.isEmpty()) {
            throw new IllegalStateException("No order arrived, so there is no latency");
        }
        int rank = (int) Math.ceil(latencies.size() * percent / 100.0);
        return latencies.get(Math.max(0, rank - 1));
    }

    void print(QuickstartConsole console) {
        long sent = report.delivered() + report.lost();
        console.row("delivered", QuickstartConsole.count(report.delivered()) + " of " + QuickstartConsole.count(sent));
        if (sent < expected) {
            console.row("not sent", QuickstartConsole.count(expected - sent));
        }
        console.row("lost", QuickstartConsole.count(report.lost()));
        console.row("duplicated", QuickstartConsole.count(report.duplicated()));
        console.row("out of order", QuickstartConsole.count(report.outOfOrder()));
        if (report.foreign() > 0) {
            console.row("foreign", QuickstartConsole.count(report.foreign()));
        }
        if (recordsPerSecond > 0) {
            console.row(
                    "throughput",
                    QuickstartConsole.count(Math.round(recordsPerSecond))
                            + " records/s (second half of the full topic)");
        }
        if (!latencies.isEmpty()) {
            console.row(
                    "latency",
                    "p50 " + millis(percentile(50)) + ", p99 " + millis(percentile(99)) + " (at "
                            + QuickstartConsole.count(pacedPerSecond) + " records/s)");
        }
        console.line("");
        console.line(sentence());
    }

    private String sentence() {
        if (good()) {
            return "OK: every order is in the stream, once and in order, and its offset is committed.";
        }
        if (report.clean() && report.delivered() == expected) {
            return "FAILED: every order is in the stream, but not all offsets were committed in time.";
        }
        return "FAILED: the stream is not what was produced." + System.lineSeparator() + report;
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
