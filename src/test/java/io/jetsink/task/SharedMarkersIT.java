package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly-once where a service answers whatever has a reply subject, markers and commits among it. */
class SharedMarkersIT {
    private static final int RECORDS = 1_000;

    @RegisterExtension
    final TaskRig rig = TaskRig.shared("once").with("mode", "exactly-once");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ok",
                "{\"error\":\"no stock\"}",
                "{\"error\":{\"code\":404,\"description\":\"no stock\"}}",
                "{\"stream\":\"OTHER\",\"seq\":1}",
                "{\"stream\":\"once\",\"seq\":7,\"batch\":\"other\",\"count\":3}"
            })
    void storesEachRecordOnce(String answer) throws Exception {
        rig.create(rig.anyMode().maximumMessageSize(2_000));
        rig.service(answer, rig.name, "jetsink.offsets.>");
        rig.start();
        rig.settleUntilLogged(RECORDS, "ignored an answer");

        rig.report().assertClean();
        assertThat(rig.logged.lines("no working link")).isEmpty();
        assertThat(rig.logged.lines("ignored an answer"))
                .singleElement()
                .asString()
                .contains("subject jetsink.offsets.once.once.0");
    }
}
