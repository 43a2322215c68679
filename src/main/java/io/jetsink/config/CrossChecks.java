package io.jetsink.config;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.message.ErrorCode;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks that compare keys of several groups. Each group checks its own keys, before these checks. */
final class CrossChecks {
    /** The characters that clients accept in a key of a bucket (ADR-8 of NATS). */
    private static final Pattern BUCKET_KEY = Pattern.compile("[-/_=.A-Za-z0-9]+");

    private static final String KV = BucketSettings.TARGET_CONFIG + "=kv";
    private static final String EXACTLY_ONCE = PublishSettings.GUARANTEE_CONFIG + "=exactly-once";
    private static final List<TombstonePolicy> OF_STREAMS =
            List.of(TombstonePolicy.PUBLISH, TombstonePolicy.SKIP, TombstonePolicy.REJECT);
    private static final List<TombstonePolicy> OF_BUCKETS =
            List.of(TombstonePolicy.DELETE, TombstonePolicy.PURGE, TombstonePolicy.SKIP, TombstonePolicy.REJECT);

    private final ValidationContext context;
    private final boolean bucket;
    private final boolean exactlyOnce;

    private CrossChecks(ValidationContext context) {
        this.context = context;
        this.bucket = context.is(BucketSettings.TARGET_CONFIG, "kv");
        this.exactlyOnce = context.is(PublishSettings.GUARANTEE_CONFIG, "exactly-once");
    }

    static void run(ValidationContext context) {
        CrossChecks checks = new CrossChecks(context);
        checks.checkTls();
        if (checks.bucket) {
            checks.checkBucket();
        } else if (context.is(StreamCreationSettings.CREATE_CONFIG, "true")) {
            checks.checkCreation();
        }
        checks.checkMessages();
    }

    private void checkTls() {
        if (!(context.value(ConnectionSettings.SERVERS_CONFIG) instanceof List<?> list)) {
            return;
        }
        List<String> servers = ServerUrls.strings(list);
        if (context.is(TlsSettings.TLS_FIRST_CONFIG, "true") && !ServerUrls.anySecure(servers)) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    TlsSettings.TLS_FIRST_CONFIG,
                    "requires tls:// or wss:// URLs in " + ConnectionSettings.SERVERS_CONFIG);
        }
        if (ServerUrls.anyPlainWebsocket(servers)) {
            context.refuseGiven(
                    TlsSettings.sslKeys(),
                    "has no effect on ws:// URLs, which stay plain text: use wss:// URLs in "
                            + ConnectionSettings.SERVERS_CONFIG + ", or remove the nats.ssl.* keys");
        }
    }

    /** Refuses a stream that would be created and then not accepted as a target. */
    private void checkCreation() {
        context.requireWith(StreamCreationSettings.CREATE_CONFIG, JetStreamSettings.STREAM_CONFIG);
        if (exactlyOnce && !context.is(StreamCreationSettings.RETENTION_CONFIG, "limits")) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    StreamCreationSettings.RETENTION_CONFIG,
                    "must be limits with " + EXACTLY_ONCE + ": otherwise consumers remove the offset markers");
        }
        checkAge(StreamCreationSettings.MAX_AGE_CONFIG);
    }

    private void checkBucket() {
        context.refuseGiven(
                List.of(
                        JetStreamSettings.STREAM_CONFIG,
                        StreamCreationSettings.CREATE_CONFIG,
                        JetStreamSettings.DOMAIN_CONFIG,
                        JetStreamSettings.API_PREFIX_CONFIG),
                "does not apply to " + KV + ": remove it. " + BucketSettings.BUCKET_CONFIG + " names the bucket, "
                        + BucketSettings.CREATE_CONFIG + " creates it, and it has to be in the JetStream of "
                        + ConnectionSettings.SERVERS_CONFIG);
        if (context.value(BucketSettings.HISTORY_CONFIG) instanceof Integer history
                && history > 1
                && (context.value(MessageSettings.TTL_HEADER_CONFIG) != null
                        || context.isLimited(MessageSettings.TTL_CONFIG))) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    BucketSettings.HISTORY_CONFIG,
                    "must be 1 with " + MessageSettings.TTL_CONFIG + " or " + MessageSettings.TTL_HEADER_CONFIG
                            + ": otherwise readers get the previous value of a key when its last value expires. Set it"
                            + " to 1, or remove " + MessageSettings.TTL_CONFIG + " and "
                            + MessageSettings.TTL_HEADER_CONFIG);
        }
        if (context.isOther(MessageSettings.ID_CONFIG, MessageSettings.NONE)) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    MessageSettings.ID_CONFIG,
                    "must be none, or left out, with " + KV + ": otherwise the stream can drop the last value of a"
                            + " key as a duplicate and keep an older one, when both are sent again");
        }
        if (context.value(ExactlyOnceSettings.MARKER_PREFIX_CONFIG) instanceof String prefix
                && !BUCKET_KEY.matcher(prefix).matches()) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    ExactlyOnceSettings.MARKER_PREFIX_CONFIG,
                    "must consist of letters, digits, dots and the characters - _ / = with " + KV
                            + ", where offset markers are keys of the bucket");
        }
        checkAge(BucketSettings.TTL_CONFIG);
    }

    private void checkAge(String key) {
        long least = ExactlyOnceSettings.MIN_AGE.toMillis();
        if (exactlyOnce && context.isLimited(key) && context.value(key) instanceof Long age && age < least) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    key,
                    "must be -1 or at least " + least + " with " + EXACTLY_ONCE
                            + ": otherwise offset markers expire while they are needed");
        }
    }

    private void checkMessages() {
        if (exactlyOnce && context.isOther(MessageSettings.ID_CONFIG, MessageSettings.NONE)) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    MessageSettings.ID_CONFIG,
                    "must be none, or left out, with " + EXACTLY_ONCE
                            + ", which recognizes stored records by offset markers");
        }
        List<TombstonePolicy> allowed = bucket ? OF_BUCKETS : OF_STREAMS;
        if (context.value(MessageSettings.TOMBSTONES_CONFIG) instanceof String policy
                && !allowed.contains(EnumValues.parse(TombstonePolicy.class, policy))) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    MessageSettings.TOMBSTONES_CONFIG,
                    "must be one of " + allowed.stream().map(EnumValues::text).collect(Collectors.joining(", "))
                            + " with " + (bucket ? KV : BucketSettings.TARGET_CONFIG + "=stream"));
        }
    }
}
