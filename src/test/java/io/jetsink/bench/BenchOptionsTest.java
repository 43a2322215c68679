package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchOptionsTest {
    @Test
    void withoutOptionsAllScenariosRun() {
        BenchOptions options = options(Map.of("bench", "", "bench.arms", "", "bench.write", "false"));

        assertThat(ScenarioKind.named(options.scenarios())).containsExactly(ScenarioKind.values());
        assertThat(options.write()).isFalse();
        assertThat(options.rounds(5)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench.arms", "bench.before", "bench.replicas", "bench.batch.messages", "bench.config"})
    void anOptionOfThroughputSelectsThroughput(String option) {
        assertThat(options(Map.of(option, "1")).scenarios()).containsExactly("throughput");
    }

    @Test
    void roundsSelectNoScenario() {
        assertThat(options(Map.of("bench.rounds", "1", "bench.records", "1000")).scenarios())
                .isEmpty();
    }

    @Test
    void scenariosAreSelectedByTheirNames() {
        List<String> names = options(Map.of("bench", "distance, throughput", "bench.arms", "sync"))
                .scenarios();

        assertThat(ScenarioKind.named(names)).containsExactly(ScenarioKind.DISTANCE, ScenarioKind.THROUGHPUT);
    }

    @Test
    void anUnknownScenarioListsAllOfThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScenarioKind.named(List.of("distanze")))
                .withMessageContainingAll("-Dbench=distanze", "throughput", "distance", "trickle");
    }

    @Test
    void aNumberOutsideItsRangeIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(Map.of("bench.rounds", "0")).rounds(5))
                .withMessage("-Dbench.rounds=0 is not a whole number from 1 to 1000");
    }

    @Test
    void numbersAreSeparatedByCommas() {
        BenchOptions given = options(Map.of("bench.roundtrips", "400, 50"));

        assertThat(given.numbers("bench.roundtrips", "0", 0, 1_000)).containsExactly(400, 50);
        assertThat(options(Map.of()).numbers("bench.roundtrips", "0,10", 0, 1_000))
                .containsExactly(0, 10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> given.numbers("bench.roundtrips", "0", 0, 100))
                .withMessage("-Dbench.roundtrips=400 is not a whole number from 0 to 100");
    }

    @Test
    void theCommandHasTheOptionsThatWereGiven() {
        BenchOptions options = options(Map.of("bench.rounds", "7", "bench.arms", "fast", "bench.write", "true"));

        assertThat(options.command("throughput"))
                .isEqualTo("mvn -q -Pbench -Dbench=throughput -Dbench.rounds=7 -Dbench.arms=fast");
        assertThat(options.write()).isTrue();
    }

    private static BenchOptions options(Map<String, String> given) {
        return new BenchOptions(name -> given.getOrDefault(name, ""));
    }
}
