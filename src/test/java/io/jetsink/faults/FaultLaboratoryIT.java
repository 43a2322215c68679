package io.jetsink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All scenarios, and the table of what came of them. {@code -Dfaults.rows}, {@code -Dfaults.guarantees},
 * {@code -Dfaults.seed} (the first) and {@code -Dfaults.seeds} (how many) select.
 */
@Tag("faults")
class FaultLaboratoryIT {
    static Stream<Scenario> scenarios() {
        return Scenarios.wanted().stream();
    }

    @ParameterizedTest(name = "row {0}")
    @MethodSource("scenarios")
    void everyGuaranteeIsKept(Scenario scenario) throws Exception {
        long first = Long.getLong("faults.seed", 1);
        List<Outcome> outcomes = new ArrayList<>();
        for (long seed :
                LongStream.range(first, first + Long.getLong("faults.seeds", 1)).toArray()) {
            outcomes.addAll(Laboratory.run(scenario, Guarantee.wanted(), seed));
        }
        FaultReport.write(outcomes);

        assertThat(outcomes).allMatch(Outcome::good);
        if (scenario.control()
                && outcomes.stream().anyMatch(outcome -> !outcome.guarantee().promisesOnce())) {
            assertThat(outcomes)
                    .as("without the guarantee there are copies, or the fault does not bite")
                    .anyMatch(outcome -> outcome.duplicated() > 0);
        }
    }
}
