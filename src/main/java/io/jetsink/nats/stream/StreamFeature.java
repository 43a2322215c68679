package io.jetsink.nats.stream;

import io.jetsink.message.ErrorCode;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StreamConfiguration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A use of the stream that needs a version of nats-server, options of the stream, or both. */
public enum StreamFeature {
    /** The stream is published to. */
    TARGET(""),
    BUCKET("target=kv"),
    PURGE("tombstones=purge"),
    OBJECTS("oversize=object-store"),
    ACKS("delivery.guarantee=at-least-once"),
    EXACTLY_ONCE(
            "delivery.guarantee=exactly-once",
            "2.12.1",
            "atomic batches",
            stream -> stream.allowAtomicPublish().allowRollup(true)),
    FAST("publish.mode=fast", "2.14.0", "fast-ingest batches", StreamConfiguration.Builder::allowBatched),
    TTL(
            "message.ttl.ms, message.ttl.header",
            "2.11.0",
            "per-message TTLs",
            StreamConfiguration.Builder::allowMessageTtl),
    /** The stream keeps what it has acked. */
    STORAGE(""),
    /** The stream is not a bucket, so each message counts. */
    EVENTS(""),
    MESSAGE_IDS("message.id"),
    SUBJECT_IDS("message.id=subject");

    private final String setting;
    private final @Nullable String version;
    private final String support;
    private final Consumer<StreamConfiguration.Builder> options;

    StreamFeature(String setting) {
        this(setting, null, "", stream -> {});
    }

    StreamFeature(
            String setting, @Nullable String version, String support, Consumer<StreamConfiguration.Builder> options) {
        this.setting = setting;
        this.version = version;
        this.support = support;
        this.options = options;
    }

    /** Returns the problem of a server that does not support this feature, or null. */
    public @Nullable String problem(ServerInfo server) {
        return version == null || server.isSameOrNewerThanVersion(version)
                ? null
                : problem("nats-server " + server.getVersion() + " does not support " + support + ": upgrade to "
                        + version + " or later");
    }

    /** @throws MisconfiguredException if the server does not support this feature */
    public void requireFrom(ServerInfo server) throws MisconfiguredException {
        String problem = problem(server);
        if (problem != null) {
            throw new MisconfiguredException(ErrorCode.SERVER_TOO_OLD, problem);
        }
    }

    /** Returns a problem with the setting of this feature in front of it. */
    public String problem(String text) {
        return setting + ": " + text;
    }

    String setting() {
        return setting;
    }

    /** Sets the options of a stream that is to be created. */
    void allowIn(StreamConfiguration.Builder stream) {
        options.accept(stream);
    }
}
