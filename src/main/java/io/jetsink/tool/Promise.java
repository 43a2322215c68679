package io.jetsink.tool;

import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.tool.compare.Count;
import io.jetsink.tool.compare.PartitionTally;
import java.util.ArrayList;
import java.util.List;

/**
 * The promise of a guarantee, and what breaks it (src/docs/guarantees.md).
 *
 * @param text of the promise
 * @param broken what breaks it, empty if nothing does
 */
record Promise(String text, List<String> broken) {
    static Promise of(PublishSettings settings, PartitionTally total) {
        List<String> broken = new ArrayList<>();
        switch (settings.guarantee()) {
            case BEST_EFFORT -> {
                return new Promise("best-effort promises nothing that verify can compare", broken);
            }
            case AT_LEAST_ONCE -> {
                add(broken, total.get(Count.MISSING), "missing");
                boolean ordered = settings.mode() == PublishMode.FAST || settings.mode() == PublishMode.SYNC;
                if (ordered) {
                    add(broken, total.get(Count.OUT_OF_ORDER), "out of order");
                }
                return new Promise(
                        "at-least-once promises that each record is stored"
                                + (ordered ? ", in the order of its partition" : ""),
                        broken);
            }
            case EXACTLY_ONCE -> {
                add(broken, total.get(Count.MISSING), "missing");
                add(broken, total.get(Count.DUPLICATES), "duplicates");
                add(broken, total.get(Count.OUT_OF_ORDER), "out of order");
                return new Promise(
                        "exactly-once promises that each record is stored once, in the order of its partition", broken);
            }
        }
        throw new IllegalStateException(settings.guarantee().toString());
    }

    private static void add(List<String> broken, long count, String what) {
        if (count > 0) {
            broken.add(count + " " + what);
        }
    }

    /** Returns one line for people. */
    String line() {
        return broken.isEmpty() ? "kept: " + text : "broken: " + text + ": " + String.join(", ", broken);
    }
}
