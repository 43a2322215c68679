package io.jetsink.faults;

import java.util.EnumSet;
import java.util.Set;

/**
 * A named fault.
 *
 * @param row its number, which stays
 * @param guarantees in which it is played
 * @param control whether at-least-once has to have copies, over its modes and the seeds together: else the fault did not
 *     bite, and that exactly-once has none says nothing
 * @param failure what the failed task says, or empty: it has to run at the end
 */
record Scenario(int row, String name, Set<Guarantee> guarantees, boolean control, String failure, Scene scene) {
    static Scenario of(int row, String name, Scene scene) {
        return new Scenario(row, name, Guarantee.safe(), false, "", scene);
    }

    Scenario only(Guarantee first, Guarantee... more) {
        return new Scenario(row, name, EnumSet.of(first, more), control, failure, scene);
    }

    Scenario andBestEffort() {
        return new Scenario(row, name, EnumSet.allOf(Guarantee.class), control, failure, scene);
    }

    /** Without the guarantee there are copies. */
    Scenario controlled() {
        return new Scenario(row, name, guarantees, true, failure, scene);
    }

    Scenario fails(String text) {
        return new Scenario(row, name, guarantees, control, text, scene);
    }

    Scenario brief() {
        return new Scenario(row, name, guarantees, control, failure, scene.brief());
    }

    @Override
    public String toString() {
        return row + ", " + name;
    }
}
