package io.jetsink.config;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
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
        @Nullable Duration retryTimeout) {

    public static final String GUARANTEE_CONFIG = "delivery.guarantee";
    public static final String MODE_CONFIG = "publish.mode";
    public static final String MAX_PENDING_CONFIG = "publish.max.pending";
    public static final String MAX_PENDING_BYTES_CONFIG = "publish.max.pending.bytes";
    public static final String ACK_TIMEOUT_CONFIG = "publish.ack.timeout.ms";
    public static final String RETRY_TIMEOUT_CONFIG = "publish.retry.timeout.ms";

    private static final EnumValues<DeliveryGuarantee> GUARANTEES = new EnumValues<>(DeliveryGuarantee.class);
    private static final EnumValues<PublishMode> MODES = new EnumValues<>(PublishMode.class);
    private static final long FOR_EVER = -1;

    /** What {@code delivery.guarantee} promises for every record. */
    public enum DeliveryGuarantee {
        /** Written without waiting; errors are counted, nothing is sent twice by the connector. */
        BEST_EFFORT,
        /** Offsets are committed behind JetStream's acks only. */
        AT_LEAST_ONCE,
        /** Records and their offsets are stored in one atomic batch. */
        EXACTLY_ONCE
    }

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

    static void define(ConfigDef def) {
        new KeyGroup(def, "Delivery")
                .choice(
                        GUARANTEE_CONFIG,
                        GUARANTEES,
                        DeliveryGuarantee.AT_LEAST_ONCE,
                        Importance.HIGH,
                        "Guarantee",
                        "What is promised for every record. at-least-once: offsets are committed behind JetStream's "
                                + "acks only. exactly-once: records and their offsets are stored in one atomic batch; "
                                + "needs nats-server 2.12.1 and a stream with allow_atomic and allow_rollup_hdrs. "
                                + "best-effort: written without waiting, errors are only counted.")
                .choice(
                        MODE_CONFIG,
                        MODES,
                        PublishMode.AUTO,
                        Importance.MEDIUM,
                        "Publish mode",
                        "How messages are published. auto: fast where server and stream offer it, else async. "
                                + "fast: fast-ingest batches, in order through faults; needs nats-server 2.14 and a "
                                + "stream with allow_batched. async: "
                                + "pipelined, one ack for each message. sync: one message at a time. "
                                + "exactly-once always publishes atomic batches and takes nothing but auto here.")
                .number(
                        MAX_PENDING_CONFIG,
                        ConfigDef.Type.INT,
                        4_096,
                        ValueRule.wholeNumber(1, 65_536),
                        Importance.MEDIUM,
                        "Max. pending messages",
                        "How many messages may be published and not yet acked, for each task.")
                .number(
                        MAX_PENDING_BYTES_CONFIG,
                        ConfigDef.Type.LONG,
                        32L << 20,
                        ValueRule.wholeNumber(1L << 10, 1L << 30),
                        Importance.MEDIUM,
                        "Max. pending bytes",
                        "How many bytes may be published and not yet acked, for each task, at most. On a slow link "
                                + "the task keeps about a second of it in flight. "
                                + "A larger message travels alone.")
                .number(
                        ACK_TIMEOUT_CONFIG,
                        ConfigDef.Type.LONG,
                        5_000,
                        ValueRule.millis(100),
                        Importance.MEDIUM,
                        "Ack timeout",
                        "After this many milliseconds without any ack the connection is probed, and replaced if dead. "
                                + "The time that the bytes in flight need on a slow link is added.")
                .number(
                        RETRY_TIMEOUT_CONFIG,
                        ConfigDef.Type.LONG,
                        FOR_EVER,
                        ValueRule.longMillisOr(FOR_EVER, 1_000),
                        Importance.MEDIUM,
                        "Retry timeout",
                        "How many milliseconds an outage may last before the task fails; -1: for ever.");
    }

    /** Whether a configuration asks for exactly-once, be it valid otherwise or not. */
    public static boolean isExactlyOnce(Map<String, String> props) {
        return isExactlyOnce(props.get(GUARANTEE_CONFIG));
    }

    static boolean isExactlyOnce(ValidationContext findings) {
        return findings.value(GUARANTEE_CONFIG) instanceof String guarantee && isExactlyOnce(guarantee);
    }

    private static boolean isExactlyOnce(@Nullable String guarantee) {
        return guarantee != null && guarantee.trim().equalsIgnoreCase(EnumValues.text(DeliveryGuarantee.EXACTLY_ONCE));
    }

    static void check(ValidationContext findings) {
        if (isExactlyOnce(findings)
                && findings.value(MODE_CONFIG) instanceof String mode
                && MODES.parse(mode) != PublishMode.AUTO) {
            findings.refuse(
                    MODE_CONFIG,
                    MODE_CONFIG + " must be auto, or left out, with " + GUARANTEE_CONFIG
                            + "=exactly-once, which always publishes atomic batches");
        }
    }

    static PublishSettings from(AbstractConfig config) {
        long retryTimeout = config.getLong(RETRY_TIMEOUT_CONFIG);
        return new PublishSettings(
                GUARANTEES.parse(config.getString(GUARANTEE_CONFIG)),
                MODES.parse(config.getString(MODE_CONFIG)),
                config.getInt(MAX_PENDING_CONFIG),
                config.getLong(MAX_PENDING_BYTES_CONFIG),
                Duration.ofMillis(config.getLong(ACK_TIMEOUT_CONFIG)),
                retryTimeout == FOR_EVER ? null : Duration.ofMillis(retryTimeout));
    }
}
