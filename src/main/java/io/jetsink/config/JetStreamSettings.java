package io.jetsink.config;

import org.jspecify.annotations.Nullable;

/**
 * Which JetStream and which stream.
 *
 * @param domain {@code jetstream.domain}, null: none
 * @param apiPrefix {@code jetstream.api.prefix}, null: none
 * @param stream {@code jetstream.stream}, null: whatever stream takes the subject
 */
public record JetStreamSettings(
        @Nullable String domain,
        @Nullable String apiPrefix,
        @Nullable String stream) {}
