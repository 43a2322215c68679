package io.jetsink.metrics;

/** The place where collectors find the metrics of one task. Task thread only. */
interface MetricRegistry {
    /**
     * Registers a set, or what an earlier call for the same set has not registered.
     *
     * @return whether the whole set is registered; if not, another owner has a name of the set
     * @throws RuntimeException if the set cannot be registered for another reason
     */
    boolean add(MetricSet set);

    /** Removes what this registry has registered of a set, and nothing of another owner. */
    void remove(MetricSet set);
}
