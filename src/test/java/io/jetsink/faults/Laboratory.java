package io.jetsink.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plays scenarios and judges what comes of them. */
final class Laboratory {
    private static final Logger LOG = LoggerFactory.getLogger(Laboratory.class);

    private Laboratory() {}

    /** @return an outcome for each of these guarantees that the scenario is about */
    static List<Outcome> run(Scenario scenario, List<Guarantee> wanted, long seed) throws Exception {
        List<Guarantee> guarantees =
                wanted.stream().filter(scenario.guarantees()::contains).toList();
        Map<Guarantee, Evidence> found = scenario.scene().play("row" + scenario.row(), guarantees, seed);
        List<Outcome> outcomes = new ArrayList<>();
        for (Guarantee guarantee : guarantees) {
            Outcome outcome = Judge.judge(scenario, guarantee, seed, found.get(guarantee));
            LOG.info("{}", outcome);
            outcomes.add(outcome);
        }
        return outcomes;
    }
}
