package io.jetsink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of the laboratory's scenarios, one of each row that no other test has, in a short form and in every guarantee. */
class FaultSelectionIT {
    /** They wait most of the time. */
    private static final int AT_ONCE = 2;

    private static final Set<Integer> ROWS = Set.of(9, 12, 14, 15, 16, 18, 28, 30, 33, 35);

    static Stream<Scenario> scenarios() {
        Set<Integer> rows = new HashSet<>(ROWS);
        return Scenarios.ofTasks().stream()
                .filter(scenario -> rows.remove(scenario.row()))
                .map(Scenario::brief);
    }

    private static final Map<Integer, Future<List<Outcome>>> PLAYED = new HashMap<>();
    private static ExecutorService players;

    @BeforeAll
    static void play() {
        players = Executors.newFixedThreadPool(AT_ONCE);
        scenarios()
                .forEach(scenario -> PLAYED.put(
                        scenario.row(),
                        players.submit(() -> Laboratory.run(scenario, List.of(Guarantee.values()), 1))));
    }

    @AfterAll
    static void stop() {
        players.shutdownNow();
    }

    @ParameterizedTest(name = "row {0}")
    @MethodSource("scenarios")
    void everyGuaranteeIsKept(Scenario scenario) throws Exception {
        assertThat(PLAYED.get(scenario.row()).get()).allMatch(Outcome::good);
    }
}
