package io.jetsink.publish.preflight;

/**
 * A problem of the configuration.
 *
 * @param key of the configuration that has to change
 * @param text with cause and action, without secrets
 */
public record ConfigProblem(String key, String text) {}
