package io.jetsink.config;

/** Until when a created stream keeps its messages ({@code jetstream.stream.retention}). */
public enum StreamRetention {
    /** Until a limit is reached. */
    LIMITS,
    /** Until all consumers have acked. */
    INTEREST,
    /** Until one consumer has acked. */
    WORKQUEUE
}
