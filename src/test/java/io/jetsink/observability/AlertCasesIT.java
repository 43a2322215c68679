package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.process.SystemCommand;
import io.jetsink.support.prometheus.PrometheusBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each alert fires in its fault case, and no other alert does. All are silent in the cases that look similar. */
final class AlertCasesIT {
    private static final String HEAD = "rule_files: [alerts.yaml]\nevaluation_interval: 30s\ntests:\n";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<AlertCase> FAULTS = List.of(
            AlertCase.of("failed task")
                    .taskStatus("failed")
                    .withoutNatsMetrics()
                    .fires("JetsinkFailed"),
            AlertCase.of("failed connector").connectorStatus("failed").fires("JetsinkFailed"),
            AlertCase.of("stuck")
                    .nats("oldest_unacked_age_ms", "20x40 0+30000x80")
                    .firesAt("23m")
                    .firesAt("26m", "JetsinkStuck"),
            AlertCase.of("stuck, and stores again")
                    .nats("oldest_unacked_age_ms", "0+30000x60 20x60")
                    .firesAt("20m", "JetsinkStuck")
                    .fires(),
            AlertCase.of("no progress with lag").nats("acked_total", "9000x120").fires("JetsinkNoProgress"),
            AlertCase.of("no progress of a paused consumer")
                    .nats("acked_total", "9000x120")
                    .lag("NaNx120")
                    .nats("waiting_records", "100x120")
                    .fires("JetsinkNoProgress"),
            AlertCase.of("not connected")
                    .nats("connected", "1x40 0x80")
                    .firesAt("20m")
                    .firesAt("22m", "JetsinkNotConnected"),
            AlertCase.of("flapping").nats("reconnects_total", "0+1x120").fires("JetsinkFlapping"),
            AlertCase.of("fell back").nats("mode", "3x40 2x80").fires("JetsinkFellBack"),
            AlertCase.of("rejected").reason("rejected", "JS-5001", "0x78 1x40").fires("JetsinkRejected"),
            AlertCase.of("retries").reason("retries", "JS-4004", "0+1x120").fires("JetsinkRetries"),
            AlertCase.of("duplicates").nats("duplicate_acks_total", "0x70 5x50").fires("JetsinkDuplicates"),
            AlertCase.of("slow")
                    .nats("ack_latency_over_500_ms_total", "0+60x120")
                    .fires("JetsinkSlow"),
            AlertCase.of("nearly full bytes").stream("total_bytes", "850x120").fires("JetsinkNearlyFull"),
            AlertCase.of("nearly full of messages").stream("limit_messages", "800x120")
                    .fires("JetsinkNearlyFull"),
            AlertCase.of("fenced twice").nats("fenced_total", "0x70 2x50").fires("JetsinkFenced"),
            AlertCase.of("metrics absent").withoutNatsMetrics().fires("JetsinkMetricsAbsent"),
            AlertCase.of("stuck, and the worker is killed")
                    .nats("oldest_unacked_age_ms", "0+30000x120")
                    .workerDownUntil(120)
                    .firesAt("20m", "JetsinkStuck")
                    .firesAt("22m")
                    .fires("JetsinkMetricsAbsent"));

    private static final List<AlertCase> QUIET = List.of(
            AlertCase.of("healthy").firesAt("5m").firesAt("20m").fires(),
            AlertCase.of("rolling restart")
                    .movedToOtherWorker()
                    .firesAt("31m")
                    .firesAt("32m")
                    .firesAt("33m")
                    .firesAt("36m")
                    .fires(),
            AlertCase.of("a worker that is down for 4 minutes")
                    .workerDownUntil(49)
                    .firesAt("24m")
                    .firesAt("26m")
                    .fires(),
            AlertCase.of("another connector failed")
                    .taskStatus("failed")
                    .withoutNatsMetrics()
                    .otherClass()
                    .fires(),
            AlertCase.of("another connector has other metrics")
                    .withoutNatsMetrics()
                    .otherClass()
                    .fires(),
            AlertCase.of("old, but not too old")
                    .nats("oldest_unacked_age_ms", "59000x120")
                    .fires(),
            AlertCase.of("idle").nats("acked_total", "9000x120").lag("0x120").fires(),
            AlertCase.of("stopped by its operator")
                    .nats("acked_total", "9000x120")
                    .taskStatus("paused")
                    .fires(),
            AlertCase.of("tombstones only")
                    .nats("acked_total", "9000x120")
                    .reason("skipped", "JS-5012", "0+3000x120")
                    .fires(),
            AlertCase.of("a connection lost for a moment")
                    .nats("connected", "1x76 0 1x40")
                    .firesAt("38m30s")
                    .firesAt("39m"),
            AlertCase.of("five reconnects")
                    .nats("reconnects_total", "0x60 1 2 3 4 5x60")
                    .firesAt("33m")
                    .firesAt("35m")
                    .fires(),
            AlertCase.of("at-least-once after exactly-once")
                    .nats("mode", "4x40 2x80")
                    .fires(),
            AlertCase.of("fast after exactly-once").nats("mode", "4x40 3x80").fires(),
            AlertCase.of("sync after fast").nats("mode", "3x40 1x80").fires(),
            AlertCase.of("async from the beginning").nats("mode", "-1x5 2x115").fires(),
            AlertCase.of("connecting at the start").nats("mode", "3x40 -1x80").fires(),
            AlertCase.of("rejected long ago")
                    .reason("rejected", "JS-5001", "1x120")
                    .fires(),
            AlertCase.of("one retry").reason("retries", "JS-2002", "0x70 1x50").fires(),
            AlertCase.of("duplicates of a restart")
                    .nats("records_total", "0+3000x72 0+3000x47")
                    .nats("duplicate_acks_total", "0x72 5x48")
                    .fires(),
            AlertCase.of("duplicates of a reconnect")
                    .nats("epochs_total", "1x72 2x48")
                    .nats("duplicate_acks_total", "0x72 5x48")
                    .fires(),
            AlertCase.of("some slow acks")
                    .nats("ack_latency_over_500_ms_total", "0+15x120")
                    .fires(),
            AlertCase.of("no limit").stream("total_bytes", "99999x120").stream("limit_bytes", "-1x120")
                    .fires(),
            AlertCase.of("fenced once").nats("fenced_total", "0x70 1x50").fires());

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void exactlyTheRightAlertsFire(Spelling spelling) throws IOException {
        assertPasses(spelling, Stream.concat(FAULTS.stream(), QUIET.stream()));

        assertThat(promtool("check", "rules", folder.resolve("alerts.yaml").toString()))
                .contains("SUCCESS: 13 rules found");
    }

    /** A failed task has no metrics of its own. */
    @ParameterizedTest
    @EnumSource
    void theTableOfTasksShowsTheStatusOfConnect(Spelling spelling) throws IOException {
        String status =
                Dashboard.read().rows().get(0).panels().get(0).queries().get(0).unrestricted();

        assertPasses(
                spelling,
                Stream.of(
                        AlertCase.of("running").shows(status, 1),
                        AlertCase.of("paused").taskStatus("paused").shows(status, 2),
                        AlertCase.of("failed")
                                .taskStatus("failed")
                                .withoutNatsMetrics()
                                .shows(status, 3),
                        AlertCase.of("another state").taskStatus("restarting").shows(status, 0),
                        AlertCase.of("another connector").otherClass().shows(status, null)));
    }

    @Test
    void textsHaveReadableValues() throws IOException {
        Map<String, AlertRules.Rule> rules = AlertRules.read().rules().stream()
                .collect(Collectors.toMap(AlertRules.Rule::name, Function.identity()));

        assertPasses(
                Spelling.JMX_EXPORTER,
                Stream.of(
                        AlertCase.of("stuck")
                                .nats("oldest_unacked_age_ms", "20x40 0+30000x80")
                                .describes(
                                        "26m",
                                        rules.get("JetsinkStuck"),
                                        "instance: w1, connector: orders, task: 0",
                                        "orders-0 holds a record that is not stored",
                                        "The oldest record that is not settled is 5m 30s old."),
                        AlertCase.of("no progress")
                                .nats("acked_total", "9000x120")
                                .nats("waiting_records", "41x120")
                                .describes(
                                        "30m",
                                        rules.get("JetsinkNoProgress"),
                                        "connector: orders, task: 0",
                                        "orders-0 has records to publish and stores none",
                                        "The task is RUNNING. 41 records or more wait in the task or in Kafka."),
                        AlertCase.of("more than a thousand rejected records")
                                .reason("rejected", "JS-5001", "0+102x120")
                                .describes(
                                        "30m",
                                        rules.get("JetsinkRejected"),
                                        "connector: orders, reason: JS-5001",
                                        "orders rejects records (JS-5001)",
                                        "1020 records were rejected in 5 minutes with the code JS-5001."),
                        AlertCase.of("the worker is down")
                                .workerDownUntil(120)
                                .describes(
                                        "30m",
                                        rules.get("JetsinkMetricsAbsent"),
                                        "instance: w1",
                                        "The worker w1 has no metrics",
                                        "Its alerts about publishing have resolved and cannot fire, even if no record is"
                                                + " stored."),
                        AlertCase.of("a task has no metrics")
                                .withoutNatsMetrics()
                                .describes(
                                        "30m",
                                        rules.get("JetsinkMetricsAbsent"),
                                        "instance: w1, connector: orders, task: 0, status: running",
                                        "orders-0 has no metrics",
                                        "Its alerts about publishing have resolved and cannot fire, even if no record is"
                                                + " stored.")));
    }

    @Test
    void eachAlertHasAFaultCase() throws IOException {
        assertThat(FAULTS.stream().flatMap(fault -> fault.firing().stream()).distinct())
                .containsExactlyInAnyOrderElementsOf(AlertRules.read().rules().stream()
                        .map(AlertRules.Rule::name)
                        .toList());
        assertThat(QUIET)
                .allSatisfy(quiet -> assertThat(quiet.firing()).as(quiet.name()).isEmpty());
    }

    /** A case must not pass because promtool does not evaluate it. */
    @ParameterizedTest
    @CsvSource({"1000 > 60, 1000 > 90000, stuck", "1000 > 60, 1000 > 0.001, healthy"})
    void aMissingAlertAndAnAdditionalOneAreFound(String limit, String otherLimit, String name) throws IOException {
        String rules = AlertRules.read().text(Spelling.JMX_EXPORTER);
        Files.writeString(folder.resolve("alerts.yaml"), rules.replace(limit, otherLimit));
        String one = Stream.concat(FAULTS.stream(), QUIET.stream())
                .filter(any -> any.name().equals(name))
                .map(AlertCase::yaml)
                .collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("cases.yaml"), HEAD + one);

        assertThatThrownBy(() -> promtool("test", "rules", file.toString())).isInstanceOf(IOException.class);
    }

    private void assertPasses(Spelling spelling, Stream<AlertCase> cases) throws IOException {
        Files.writeString(folder.resolve("alerts.yaml"), AlertRules.read().text(spelling));
        String yaml = cases.map(AlertCase::yaml).collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("cases.yaml"), spelling.of(HEAD + yaml));

        assertThat(promtool("test", "rules", file.toString())).contains("SUCCESS");
    }

    private String promtool(String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(PrometheusBinary.PROMTOOL.path().toString()));
        command.addAll(List.of(words));
        return SystemCommand.runIn(folder, PATIENCE, command);
    }
}
