package io.jetsink.config;

/**
 * How a record becomes a message.
 *
 * @param subject {@code subject}: the template's text
 * @param payload {@code payload.encoder}
 * @param tombstones {@code tombstones}
 */
public record TranslationSettings(String subject, PayloadFormat payload, Tombstones tombstones) {}
