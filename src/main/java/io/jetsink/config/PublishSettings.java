package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * Guarantee, mode and bounds of publishing.
 *
 * @param maxPending maximum number of messages that are published and not yet acked; {@link #AUTO}: follows the connection
 * @param retryTimeout null: forever
 */
public record PublishSettings(
        DeliveryGuarantee guarantee,
        PublishMode mode,
        int maxPending,
        long maxPendingBytes,
        Duration ackTimeout,
        @Nullable Duration retryTimeout) {

    /** The value of {@code maxPending} if the window follows the connection. */
    public static final int AUTO = 0;

    private static final int LEAST_PENDING = 4_096;
    private static final int MOST_PENDING = 65_536;

    public static final String GUARANTEE_CONFIG = "delivery.guarantee";
    public static final String MODE_CONFIG = "publish.mode";
    public static final String MAX_PENDING_CONFIG = "publish.max.pending";
    public static final String MAX_PENDING_BYTES_CONFIG = "publish.max.pending.bytes";
    public static final String ACK_TIMEOUT_CONFIG = "publish.ack.timeout.ms";
    public static final String RETRY_TIMEOUT_CONFIG = "publish.retry.timeout.ms";

    /** The guarantee for each record ({@code delivery.guarantee}). */
    public enum DeliveryGuarantee {
        BEST_EFFORT,
        AT_LEAST_ONCE,
        EXACTLY_ONCE
    }

    /** How messages are published ({@code publish.mode}). */
    public enum PublishMode {
        AUTO,
        FAST,
        ASYNC,
        SYNC
    }

    static void define(ConfigDef def) {
        ValueRule bytes = ValueRule.wholeNumber(1L << 10, 1L << 30);
        new KeyGroup(def, "Delivery")
                .choice(GUARANTEE_CONFIG, DeliveryGuarantee.AT_LEAST_ONCE, Importance.HIGH, "Guarantee")
                .doc("Delivery guarantee of each record. at-least-once: offsets are committed only after JetStream has "
                        + "acked their records. exactly-once: records and their offsets are stored in one atomic batch; "
                        + "requires nats-server 2.12.1 and a stream with allow_atomic and allow_rollup_hdrs. best-effort: "
                        + "messages are published without waiting for acks, and errors are only logged.")
                .choice(MODE_CONFIG, PublishMode.AUTO, Importance.MEDIUM, "Publish mode")
                .doc("How messages are published. auto: fast if server and stream support it, otherwise async. fast: "
                        + "fast-ingest batches, in order even after faults; requires nats-server 2.14 and a stream with "
                        + "allow_batched. async: pipelined, with one ack for each message. sync: one message at a time. "
                        + "exactly-once always publishes atomic batches and accepts only auto.")
                .countOrAuto(MAX_PENDING_CONFIG, MOST_PENDING, Importance.MEDIUM, "Max. pending messages")
                .doc(
                        "Maximum number of messages that are published and not yet acked, for each task. auto: 4096, and more "
                                + "on connections with a long round trip, as far as acks arrive within two round trips.")
                .number(MAX_PENDING_BYTES_CONFIG, 32L << 20, bytes, Importance.MEDIUM, "Max. pending bytes")
                .doc(
                        "Maximum number of bytes that are published and not yet acked, for each task. On a slow connection the "
                                + "task keeps about one second of data in flight. A message that is larger is published alone.")
                .number(ACK_TIMEOUT_CONFIG, 5_000, ValueRule.millis(100), Importance.MEDIUM, "Ack timeout")
                .doc("Milliseconds without an ack after which the connection is probed and, if dead, replaced. On a "
                        + "slow connection the time to transfer the bytes in flight is added.")
                .durationOrNever(RETRY_TIMEOUT_CONFIG, 1_000, Importance.MEDIUM, "Retry timeout")
                .doc("Milliseconds that an outage may last before the task fails; -1: forever.");
    }

    /** Whether a configuration, which need not be valid, has the guarantee exactly-once. */
    public static boolean isExactlyOnce(Map<String, String> props) {
        String guarantee = props.get(GUARANTEE_CONFIG);
        return guarantee != null && guarantee.trim().equalsIgnoreCase(EnumValues.text(DeliveryGuarantee.EXACTLY_ONCE));
    }

    static void check(ValidationContext context) {
        if (context.is(GUARANTEE_CONFIG, "exactly-once") && context.isOther(MODE_CONFIG, "auto")) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    MODE_CONFIG,
                    "must be auto, or left out, with " + GUARANTEE_CONFIG
                            + "=exactly-once, which always publishes atomic batches");
        }
    }

    /** The number of messages that may always be published and not yet acked. */
    public int leastPending() {
        return maxPending == AUTO ? LEAST_PENDING : maxPending;
    }

    /** The largest number of messages that may be published and not yet acked. */
    public int mostPending() {
        return maxPending == AUTO ? MOST_PENDING : maxPending;
    }

    static PublishSettings from(AbstractConfig config) {
        return new PublishSettings(
                EnumValues.parse(DeliveryGuarantee.class, config.getString(GUARANTEE_CONFIG)),
                EnumValues.parse(PublishMode.class, config.getString(MODE_CONFIG)),
                KeyGroup.countOrAuto(config, MAX_PENDING_CONFIG, AUTO),
                config.getLong(MAX_PENDING_BYTES_CONFIG),
                Duration.ofMillis(config.getLong(ACK_TIMEOUT_CONFIG)),
                KeyGroup.durationOrNull(config, RETRY_TIMEOUT_CONFIG));
    }
}
