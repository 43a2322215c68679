package io.jetsink.config;

/** How messages are published ({@code publish.mode}). */
public enum PublishMode {
    /** The best mode that server and stream offer. */
    AUTO,
    /** Fast-ingest batches: cumulative acks, order kept through faults. */
    FAST,
    /** Pipelined publishes, one ack each. */
    ASYNC,
    /** One message at a time. */
    SYNC
}
