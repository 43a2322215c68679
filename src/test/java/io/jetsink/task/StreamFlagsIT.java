package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.stream.StreamReport;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A setting of the stream is switched under load, and back: no record is condemned for it, and its name is logged. TTLs and
 * counters cannot be switched off or on (nats-server 2.15.1).
 */
class StreamFlagsIT {
    private static final int POLL = 200;

    @RegisterExtension
    final TaskRig rig = new TaskRig("orders").with("errors.tolerance", "all");

    private FakeWorker worker;

    @BeforeEach
    void create() {
        rig.create(stream());
    }

    @ParameterizedTest
    @CsvSource({
        "subjects, at-least-once, fast,  --subjects",
        "subjects, at-least-once, async, --subjects",
    })
    void condemnsNothing(String flag, String guarantee, String mode, String named) throws Exception {
        switched(flag, guarantee, mode, named);
    }

    @Tag("faults")
    @ParameterizedTest
    @CsvSource({
        "subjects, exactly-once,  auto,  --subjects",
        "messages, exactly-once,  auto,  raise the limits",
        "messages, at-least-once, fast,  raise the limits",
        "messages, at-least-once, async, raise the limits",
        "size,     exactly-once,  auto,  ''",
        "size,     at-least-once, fast,  ''",
        "size,     at-least-once, async, ''",
    })
    void condemnsNothingEither(String flag, String guarantee, String mode, String named) throws Exception {
        switched(flag, guarantee, mode, named);
    }

    /** That setting cannot be edited. */
    @ParameterizedTest
    @CsvSource({"at-least-once, auto", "exactly-once, auto"})
    void aStreamOfCountersIsRefusedAtStart(String guarantee, String mode) throws Exception {
        rig.ask(streams -> streams.deleteStream(rig.name));
        rig.create(stream().allowMessageTtl(false).allowMessageCounter());
        start(guarantee, mode);
        worker.offer(POLL);
        rig.untilLogged("allow_msg_counter");

        assertThat(worker.rejected).isEmpty();
        assertThat(worker.committable()).isZero();
    }

    /** Nobody looks at the stream: the server's refusals alone say it. */
    @ParameterizedTest
    @CsvSource({"fast", "async"})
    void aStreamOfCountersCondemnsNothing(String mode) throws Exception {
        rig.ask(streams -> streams.deleteStream(rig.name));
        rig.create(stream().allowMessageTtl(false).allowMessageCounter());
        start("at-least-once", mode, "preflight", "off");
        worker.offer(POLL);
        rig.untilLogged("allow_msg_counter");

        assertThat(worker.rejected).isEmpty();
    }

    private void switched(String flag, String guarantee, String mode, String named) throws Exception {
        start(guarantee, mode);
        worker.settle(5 * POLL);

        rig.update(off(flag).apply(stream()));
        if (named.isEmpty()) {
            worker.settle(POLL);
        } else {
            worker.offer(POLL);
            worker.offer(POLL);
            assertThat(rig.untilLogged(named)).startsWith("WARN ");
        }
        rig.update(stream());
        worker.settle(POLL);

        assertThat(worker.rejected).isEmpty();
        StreamReport report = rig.report();
        assertThat(report.lost()).as("lost").isZero();
        if (guarantee.equals("exactly-once")) {
            assertThat(report.duplicated()).as("stored twice").isZero();
        }
    }

    private static UnaryOperator<StreamConfiguration.Builder> off(String flag) {
        return stream -> switch (flag) {
            case "messages" -> stream.maxMessages(1).discardPolicy(DiscardPolicy.New);
            case "size" -> stream.maximumMessageSize(1_000);
            default -> stream.subjects("others", "jetsink.offsets.>");
        };
    }

    private StreamConfiguration.Builder stream() {
        return rig.anyMode().allowMessageTtl();
    }

    private void start(String guarantee, String mode, String... more) {
        rig.with(more);
        worker = rig.start("mode", guarantee.equals("exactly-once") ? guarantee : mode);
    }
}
