package io.jetsink.config;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * Which JetStream and which stream.
 *
 * @param domain {@code jetstream.domain}, null: none
 * @param apiPrefix {@code jetstream.api.prefix} without a trailing dot, null: none
 * @param stream {@code jetstream.stream}, null: whatever stream takes the subject
 * @param creation the stream to create if it is missing; null: none
 */
public record JetStreamSettings(
        @Nullable String domain,
        @Nullable String apiPrefix,
        @Nullable String stream,
        @Nullable StreamCreationSettings creation) {

    public static final String DOMAIN_CONFIG = "jetstream.domain";
    public static final String API_PREFIX_CONFIG = "jetstream.api.prefix";
    public static final String PREFLIGHT_CONFIG = "preflight";

    private static final EnumValues<PreflightMode> PREFLIGHTS = new EnumValues<>(PreflightMode.class);
    public static final String STREAM_CONFIG = "jetstream.stream";

    /** When server, stream and user are checked beforehand ({@code preflight}). */
    public enum PreflightMode {
        /** Not at all, but for what guarantee and mode need to work. */
        OFF,
        /** When a task starts, before the first record is published. */
        START,
        /** The same, and whenever a configuration is validated. */
        VALIDATE
    }

    static void define(ConfigDef def) {
        new KeyGroup(def, "JetStream")
                .text(
                        STREAM_CONFIG,
                        null,
                        NatsNames.name(),
                        Importance.HIGH,
                        "Stream",
                        "The one stream that is written to: a message that another stream stores fails the task. "
                                + "Without it, whatever stream takes the subject is written to.")
                .text(
                        DOMAIN_CONFIG,
                        null,
                        NatsNames.name(),
                        Importance.MEDIUM,
                        "Domain",
                        "JetStream domain of the stream, where it is not the one of the servers connected to.")
                .text(
                        API_PREFIX_CONFIG,
                        null,
                        NatsNames.subjectPrefix(true),
                        Importance.LOW,
                        "API prefix",
                        "Subject prefix of the JetStream API, where the stream's account exports it under another name "
                                + "than $JS.API. Not together with " + DOMAIN_CONFIG + ".")
                .choice(
                        PREFLIGHT_CONFIG,
                        PREFLIGHTS,
                        PreflightMode.START,
                        Importance.MEDIUM,
                        "Preflight",
                        "When stream, subjects, features and permissions are checked on the server. start: when a task "
                                + "starts, which fails with what to change. validate: then, and also when the "
                                + "configuration is validated, over a connection of the worker that is asked. off: only "
                                + "what guarantee and publish mode need.");
    }

    static void check(ValidationContext findings) {
        if (findings.isGiven(DOMAIN_CONFIG) && findings.isGiven(API_PREFIX_CONFIG)) {
            findings.refuse(DOMAIN_CONFIG, DOMAIN_CONFIG + " excludes " + API_PREFIX_CONFIG + ": keep one of them");
            findings.refuse(API_PREFIX_CONFIG, API_PREFIX_CONFIG + " excludes " + DOMAIN_CONFIG + ": keep one of them");
        }
    }

    static PreflightMode preflight(AbstractConfig config) {
        return PREFLIGHTS.parse(config.getString(PREFLIGHT_CONFIG));
    }

    static JetStreamSettings from(AbstractConfig config) {
        String apiPrefix = config.getString(API_PREFIX_CONFIG);
        String bucket = BucketSettings.bucket(config);
        return new JetStreamSettings(
                config.getString(DOMAIN_CONFIG),
                apiPrefix == null ? null : NatsNames.withoutTrailingDot(apiPrefix),
                bucket == null ? config.getString(STREAM_CONFIG) : BucketSettings.stream(bucket),
                StreamCreationSettings.from(config));
    }
}
