package io.jetsink.config;

/** Where a created stream keeps its messages ({@code jetstream.stream.storage}). */
public enum StreamStorage {
    FILE,
    MEMORY
}
