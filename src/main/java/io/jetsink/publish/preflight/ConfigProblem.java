package io.jetsink.publish.preflight;

/**
 * Something that a person has to change.
 *
 * @param key of the configuration that it is about
 * @param text what is wrong, and what mends it; no secrets
 */
public record ConfigProblem(String key, String text) {}
