package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The JetStream API and the stream.
 *
 * @param apiPrefix without a trailing dot
 * @param stream null: the stream that captures the subject of a message
 * @param creation the stream to create if it does not exist; null: none
 */
public record JetStreamSettings(
        @Nullable String domain,
        @Nullable String apiPrefix,
        @Nullable String stream,
        @Nullable StreamCreationSettings creation) {

    public static final String DOMAIN_CONFIG = "jetstream.domain";
    public static final String API_PREFIX_CONFIG = "jetstream.api.prefix";
    public static final String PREFLIGHT_CONFIG = "preflight";
    public static final String STREAM_CONFIG = "jetstream.stream";

    /** When stream, subjects, features and permissions are checked on the server ({@code preflight}). */
    public enum PreflightMode {
        OFF,
        /** Before the first record is published. */
        START,
        VALIDATE
    }

    static void define(ConfigDef def) {
        new KeyGroup(def, "JetStream")
                .text(STREAM_CONFIG, null, NatsNames.name(), Importance.HIGH, "Stream")
                .doc("Name of the stream to publish to. The task fails if another stream stores a message. If not set: "
                        + "each message is stored by the stream that captures its subject.")
                .text(DOMAIN_CONFIG, null, NatsNames.name(), Importance.MEDIUM, "Domain")
                .doc("JetStream domain of the stream, if it differs from the domain of the servers in nats.servers.")
                .text(API_PREFIX_CONFIG, null, NatsNames.subjectPrefix(true), Importance.LOW, "API prefix")
                .doc("Subject prefix of the JetStream API, if the account of the stream exports the API under another "
                        + "prefix than $JS.API. Excludes " + DOMAIN_CONFIG + ".")
                .choice(PREFLIGHT_CONFIG, PreflightMode.START, Importance.MEDIUM, "Preflight")
                .doc("When the connector checks stream, subjects, features and permissions on the server. start: when "
                        + "a task starts. A failed check fails the task, and the error names what to change. validate: "
                        + "also when the configuration is validated, over a connection of the worker that validates. off: "
                        + "only the checks that guarantee and publish mode require.");
    }

    static void check(ValidationContext context) {
        if (context.isGiven(DOMAIN_CONFIG) && context.isGiven(API_PREFIX_CONFIG)) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS, DOMAIN_CONFIG, "excludes " + API_PREFIX_CONFIG + ": keep one of them");
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS, API_PREFIX_CONFIG, "excludes " + DOMAIN_CONFIG + ": keep one of them");
        }
    }

    static PreflightMode preflight(AbstractConfig config) {
        return EnumValues.parse(PreflightMode.class, config.getString(PREFLIGHT_CONFIG));
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
