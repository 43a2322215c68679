package io.jetsink.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Guarantee, mode and bounds of publishing.
 *
 * @param guarantee {@code delivery.guarantee}
 * @param mode {@code publish.mode}
 * @param maxPending {@code publish.max.pending}: messages published and not yet acked
 * @param maxPendingBytes {@code publish.max.pending.bytes}
 * @param ackTimeout {@code publish.ack.timeout.ms}
 * @param retryTimeout {@code publish.retry.timeout.ms}; null: for ever
 */
public record PublishSettings(
        DeliveryGuarantee guarantee,
        PublishMode mode,
        int maxPending,
        long maxPendingBytes,
        Duration ackTimeout,
        @Nullable Duration retryTimeout) {}
