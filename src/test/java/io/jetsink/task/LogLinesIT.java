package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Logged;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

/** The lines that a task logs at INFO and above: one for each event, with a code where an operator may have to act. */
class LogLinesIT {
    private static final String KEY = "connector.context";
    private static final String CONTEXT = "[orders|task-0] ";
    private static final String ADMIN = "{ user: admin, password: admin }";
    private static final String GRANTED =
            "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge }] }";
    private static final String DENIED = "authorization { users: [" + ADMIN
            + ", { user: bridge, password: bridge, permissions: { publish: { deny: [\"orders\"] } } }] }";

    @RegisterExtension
    final TaskRig rig = new TaskRig("orders")
            .as("admin")
            .with("nats.auth.username", "bridge", "nats.auth.password", "bridge")
            .serverConfig(GRANTED);

    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

    private record Line(
            String text, String thread, @Nullable String context) {}

    @BeforeEach
    void begin() {
        MDC.put(KEY, CONTEXT);
        rig.track(Logged.all(event -> {
            if (event.getLoggerName().startsWith("io.jetsink")
                    && event.getLevel().isMoreSpecificThan(Level.INFO)) {
                lines.add(new Line(
                        event.getLevel() + " " + event.getMessage().getFormattedMessage(),
                        event.getThreadName(),
                        event.getContextData().getValue(KEY)));
            }
        }));
    }

    @AfterEach
    void end() {
        MDC.remove(KEY);
    }

    @Test
    void eachEventIsOneLineWithACodeWhereAnOperatorMayHaveToAct() throws Exception {
        rig.create(rig.stream().allowBatched());
        FakeWorker worker = rig.start("tombstones", "reject");
        worker.settle(100);
        worker.offer("k", null);
        worker.drain();

        rig.nats.kill9();
        worker.offer(10);
        rig.untilLogged(": paused: ");
        rig.nats.restart();
        worker.drain();
        rig.untilLogged(": resumed ");
        worker.stop();

        assertThat(texts())
                .satisfiesOnlyOnce(line -> assertThat(line).startsWith("INFO orders: publishes with "))
                .satisfiesOnlyOnce(line -> assertThat(line)
                        .startsWith("WARN [JS-5003] orders: orders-0@100 was rejected: ")
                        .endsWith(" so far: 1)"))
                .satisfiesOnlyOnce(
                        line -> assertThat(line).matches("WARN \\[JS-200[12]] orders: no working link to NATS \\(.*"))
                .satisfiesOnlyOnce(line -> assertThat(line).startsWith("INFO orders: paused: "))
                .satisfiesOnlyOnce(line -> assertThat(line).matches("INFO orders: resumed after a pause of \\d{4,} ms"))
                .satisfiesOnlyOnce(line -> assertThat(line)
                        .matches("INFO orders: stopped\\. Records: 111, acked: 110, duplicates: 0, rejected: 1,"
                                + " skipped: 0, retries: [1-9]\\d*, longest stall: \\d{4,} ms"));
        assertThat(texts())
                .filteredOn(line -> line.contains(": connected to "))
                .hasSize(2)
                .allMatch(line -> line.startsWith("INFO orders: "));
        assertThat(texts()).hasSize(8).allMatch(line -> line.startsWith("WARN [JS-") != line.startsWith("INFO orders"));
        assertThat(lines).extracting(Line::context).containsOnly(CONTEXT);
    }

    @Test
    void linesOfOtherThreadsHaveTheContextOfTheTask() throws Exception {
        rig.create(rig.stream());
        FakeWorker worker = rig.start();
        worker.settle(10);

        rig.nats.reload(DENIED);
        worker.offer(10);
        rig.untilLogged("[JS-3002] orders: no working link to NATS");
        rig.nats.reload(GRANTED);
        worker.drain();

        assertThat(lines)
                .filteredOn(line -> line.text().startsWith("WARN [JS-3002] orders: the server reported: "))
                .isNotEmpty()
                .allMatch(line -> line.thread().contains("-nats-"))
                .extracting(Line::context)
                .containsOnly(CONTEXT);
        assertThat(lines)
                .filteredOn(line -> line.thread().startsWith("jetsink-link-"))
                .isNotEmpty()
                .extracting(Line::context)
                .containsOnly(CONTEXT);
    }

    private List<String> texts() {
        return lines.stream().map(Line::text).toList();
    }
}
