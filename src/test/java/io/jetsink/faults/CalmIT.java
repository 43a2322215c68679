package io.jetsink.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The laboratory notices what happens where nothing should: it is shown a link that is cut, and records that come twice. */
class CalmIT {
    @Test
    void noticesAConnectionAWarningAndACopy() throws Exception {
        TaskScene scene = TaskScene.of(site -> {
                    site.proxies().forEach(FaultProxy::reset);
                    site.awaitFlow();
                    for (TaskLane lane : site.lanes()) {
                        lane.rewind();
                    }
                })
                .calm(Calm.QUIET.bytesPerRecord(1));

        assertThat(problems(scene))
                .anyMatch(problem -> problem.matches("\\d+ connections were opened, though nothing had cut one"))
                .anyMatch(problem -> problem.matches("\\d+ WARNs were logged"))
                .anyMatch(problem -> problem.matches("\\d+ records are there twice, though nothing was cut"));
    }

    @Test
    void isContentWhereNothingHappens() throws Exception {
        assertThat(problems(TaskScene.of(TaskSite::awaitFlow).calm(Calm.QUIET.bytesPerRecord(2_000))))
                .isEmpty();
    }

    private static List<String> problems(TaskScene scene) throws Exception {
        return Laboratory.run(Scenario.of(0, "calm", scene), List.of(Guarantee.ASYNC), 1)
                .get(0)
                .problems();
    }
}
