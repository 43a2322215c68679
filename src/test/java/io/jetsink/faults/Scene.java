package io.jetsink.faults;

import java.util.List;
import java.util.Map;

/** The servers, the load and the fault of a scenario. */
interface Scene {
    /**
     * Plays it once; all guarantees suffer the same faults at the same time, so that each is the others' control.
     *
     * @param name of what is made: streams, connectors
     * @return what is known of each at the end
     */
    Map<Guarantee, Evidence> play(String name, List<Guarantee> guarantees, long seed) throws Exception;

    /** The same in a short form, where there is one. */
    default Scene brief() {
        return this;
    }
}
