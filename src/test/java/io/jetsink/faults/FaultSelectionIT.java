package io.jetsink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of the laboratory's scenarios, one of each row that no other test has, in a short form and in every guarantee. */
class FaultSelectionIT {
    private static final Set<Integer> ROWS = Set.of(9, 12, 14, 15, 16, 18, 28, 30, 33, 35);

    static Stream<Scenario> scenarios() {
        Set<Integer> rows = new HashSet<>(ROWS);
        return Scenarios.ofTasks().stream()
                .filter(scenario -> rows.remove(scenario.row()))
                .map(Scenario::brief);
    }

    @ParameterizedTest(name = "row {0}")
    @MethodSource("scenarios")
    void everyGuaranteeIsKept(Scenario scenario) throws Exception {
        assertThat(Laboratory.run(scenario, List.of(Guarantee.values()), 1)).allMatch(Outcome::good);
    }
}
