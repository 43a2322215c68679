package io.jetsink.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plays scenarios and judges what comes of them. */
final class Laboratory {
    private static final Logger LOG = LoggerFactory.getLogger(Laboratory.class);

    private Laboratory() {}

    /**
     * What a scenario waits for in vain is a problem of all its guarantees.
     *
     * @return an outcome for each of these guarantees that the scenario is about
     */
    static List<Outcome> run(Scenario scenario, List<Guarantee> wanted, long seed) throws Exception {
        List<Guarantee> guarantees =
                wanted.stream().filter(scenario.guarantees()::contains).toList();
        Map<Guarantee, Evidence> found;
        try {
            found = scenario.scene().play("row" + scenario.row(), guarantees, seed);
        } catch (ConditionTimeoutException | TerminalFailureException | IllegalStateException e) {
            LOG.error("Row {} did not come to its end", scenario, e);
            return guarantees.stream()
                    .map(guarantee -> Outcome.unfinished(scenario, guarantee, seed, e))
                    .toList();
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Guarantee guarantee : guarantees) {
            Outcome outcome = Judge.judge(scenario, guarantee, seed, found.get(guarantee));
            LOG.info("{}", outcome);
            outcomes.add(outcome);
        }
        return outcomes;
    }
}
