package io.jetsink.config;

/** What a created stream does at a limit ({@code jetstream.stream.discard}). */
public enum StreamDiscard {
    /** Removes the oldest messages. */
    OLD,
    /** Refuses new ones, which holds the connector back until there is room. */
    NEW
}
