package io.jetsink.config;

/** What {@code delivery.guarantee} promises for every record. */
public enum DeliveryGuarantee {
    /** Written without waiting; errors are counted, nothing is sent twice by the connector. */
    BEST_EFFORT,
    /** Offsets are committed behind JetStream's acks only. */
    AT_LEAST_ONCE,
    /** Records and their offsets are stored in one atomic batch. */
    EXACTLY_ONCE
}
