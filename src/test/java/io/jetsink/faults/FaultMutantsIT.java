package io.jetsink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.faults.mutants.ForgetfulTask;
import io.jetsink.faults.mutants.Mutant;
import io.jetsink.support.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The laboratory tells when something is wrong: it is shown tasks that are broken on purpose. */
@Tag("faults")
class FaultMutantsIT {
    @Test
    void theConnectorsOwnTaskIsGood() throws Exception {
        for (Guarantee guarantee : Guarantee.safe()) {
            assertThat(outcome(guarantee, NatsJetStreamSinkTask::new).problems())
                    .isEmpty();
        }
    }

    @Test
    void tellsACommitOfWhatIsNotStored() throws Exception {
        assertThat(outcome(Guarantee.ASYNC, Mutant::commitsWhatWasPut).problems())
                .anyMatch(problem -> problem.contains("was committed at"));
    }

    @Test
    void tellsALostRecord() throws Exception {
        Outcome outcome = outcome(Guarantee.FAST, Mutant::dropsOne);

        assertThat(outcome.lost()).isEqualTo(1);
        assertThat(outcome.problems()).contains("1 records are lost");
    }

    @Test
    void tellsARecordOutOfOrder() throws Exception {
        Outcome outcome = outcome(Guarantee.SYNC, Mutant::swapsTwo);

        assertThat(outcome.outOfOrder()).isEqualTo(1);
        assertThat(outcome.good()).isFalse();
    }

    /** Exactly-once takes the one that comes late for one that is stored already. */
    @Test
    void tellsARecordOutOfOrderAsLostWhereOffsetsTellWhatIsStored() throws Exception {
        assertThat(outcome(Guarantee.EXACTLY_ONCE, Mutant::swapsTwo).lost()).isEqualTo(1);
    }

    @Test
    void tellsRecordsThatWereForgottenWithAConnection() throws Exception {
        Outcome outcome = outcome(Guarantee.ASYNC, ForgetfulTask::new);

        assertThat(outcome.lost()).isPositive();
        assertThat(outcome.good()).isFalse();
    }

    @Test
    void tellsCopiesWhereThereAreToBeNone() throws Exception {
        // Exactly-once that is no more than at-least-once underneath.
        Scene scene = TaskScene.of(site -> {
                    site.awaitFlow();
                    site.crash();
                })
                .config("delivery.guarantee", "at-least-once")
                .config("publish.mode", "async");

        Outcome outcome = outcome(Guarantee.EXACTLY_ONCE, scene);

        assertThat(outcome.duplicated()).isPositive();
        assertThat(outcome.good()).isFalse();
    }

    @Test
    void tellsAPasswordInALogThatNobodyReads() throws Exception {
        assertThat(outcome(Guarantee.ASYNC, Mutant::saysItsConfig).problems())
                .anyMatch(problem -> problem.contains("a password was logged: DEBUG"))
                .noneMatch(problem -> problem.contains(Canary.PASSWORD));
    }

    /** The server stands still for a while, and then every connection is reset. */
    private static Outcome outcome(Guarantee guarantee, Supplier<? extends SinkTask> task) throws Exception {
        Scene scene = TaskScene.of(site -> {
                    site.awaitFlow();
                    site.nats().sigstop();
                    site.hold(Duration.ofMillis(2_500));
                    site.proxies().forEach(FaultProxy::reset);
                    site.nats().sigcont();
                    site.healed();
                    site.awaitFlow();
                })
                .task(task);
        return outcome(guarantee, scene);
    }

    private static Outcome outcome(Guarantee guarantee, Scene scene) throws Exception {
        return Laboratory.run(Scenario.of(0, "stopped and reset", scene), List.of(guarantee), 1)
                .get(0);
    }
}
