package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import io.jetsink.spi.ConnectionCustomizer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The connection to NATS.
 *
 * @param servers validated URLs without credentials
 * @param name null: {@code <connector>-<task>}
 * @param backoff pause before the first attempt to reconnect
 * @param backoffMax longest pause between attempts to reconnect
 * @param inboxPrefix without a trailing dot
 */
public record ConnectionSettings(
        List<String> servers,
        @Nullable String name,
        Duration connectTimeout,
        Duration pingInterval,
        Duration backoff,
        Duration backoffMax,
        String inboxPrefix,
        AuthSettings auth,
        TlsSettings tls,
        @Nullable PluginSettings customizer) {

    public static final String SERVERS_CONFIG = "nats.servers";
    public static final String NAME_CONFIG = "nats.connection.name";
    public static final String CONNECT_TIMEOUT_CONFIG = "nats.connect.timeout.ms";
    public static final String PING_INTERVAL_CONFIG = "nats.ping.interval.ms";
    public static final String BACKOFF_CONFIG = "nats.reconnect.backoff.ms";
    public static final String BACKOFF_MAX_CONFIG = "nats.reconnect.backoff.max.ms";
    public static final String INBOX_PREFIX_CONFIG = "nats.inbox.prefix";
    public static final String CUSTOMIZER_CONFIG = "connection.customizer";

    static final PluginKey CUSTOMIZER = new PluginKey(CUSTOMIZER_CONFIG, ConnectionCustomizer.class);

    static void define(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Connection")
                .list(SERVERS_CONFIG, ConfigDef.NO_DEFAULT_VALUE, ServerUrls.rule(), Importance.HIGH, "Servers")
                .doc("Comma separated list of servers to connect to: nats://, tls://, ws:// or wss:// URLs. host:port "
                        + "means nats://host:port. The default port is 4222, with ws:// 80, and with wss:// 443. URLs with "
                        + "credentials are refused: use the nats.auth.* keys.")
                .text(NAME_CONFIG, null, ValueRule.text(), Importance.LOW, "Connection name")
                .doc("Name of the connection on the server. If not set: connector name, dash, task number.")
                .number(CONNECT_TIMEOUT_CONFIG, 5_000, ValueRule.millis(100), Importance.LOW, "Connect timeout")
                .doc("Timeout in milliseconds for connecting to one server.")
                .number(PING_INTERVAL_CONFIG, 10_000, ValueRule.millis(100), Importance.LOW, "Ping interval")
                .doc("Milliseconds between pings, which detect that a server no longer responds.")
                .number(BACKOFF_CONFIG, 100, ValueRule.millis(1), Importance.LOW, "Reconnect back-off")
                .doc("Pause before the first attempt to reconnect, in milliseconds. The pause doubles after each "
                        + "attempt, with jitter, up to " + BACKOFF_MAX_CONFIG + ".")
                .number(BACKOFF_MAX_CONFIG, 10_000, ValueRule.millis(1), Importance.LOW, "Max. reconnect back-off")
                .doc("Longest pause between attempts to reconnect, in milliseconds; at least " + BACKOFF_CONFIG + ".")
                .text(INBOX_PREFIX_CONFIG, "_INBOX", NatsNames.subjectPrefix(false), Importance.LOW, "Inbox prefix")
                .doc("Prefix of the subjects on which acks arrive. The user needs permission to subscribe to them.");
        CUSTOMIZER
                .define(group, null, Importance.LOW, "Customizer")
                .doc("Name of a class that implements io.jetsink.spi.ConnectionCustomizer and changes the options of "
                        + "each connection.");
        AuthSettings.define(def);
        TlsSettings.define(def);
    }

    static void check(ValidationContext context) {
        if (context.value(BACKOFF_CONFIG) instanceof Long first
                && context.value(BACKOFF_MAX_CONFIG) instanceof Long longest
                && first > longest) {
            // The error belongs to the key that the user has set, not to a default.
            if (context.isGiven(BACKOFF_MAX_CONFIG)) {
                context.refuse(ErrorCode.CONFLICTING_KEYS, BACKOFF_MAX_CONFIG, "must be at least " + BACKOFF_CONFIG);
            } else {
                context.refuse(ErrorCode.CONFLICTING_KEYS, BACKOFF_CONFIG, "must be at most " + BACKOFF_MAX_CONFIG);
            }
        }
        AuthSettings.check(context);
        TlsSettings.check(context);
    }

    static ConnectionSettings from(AbstractConfig config, Map<String, String> props) {
        List<String> servers = ServerUrls.normalized(config.getList(SERVERS_CONFIG));
        return new ConnectionSettings(
                servers,
                config.getString(NAME_CONFIG),
                Duration.ofMillis(config.getLong(CONNECT_TIMEOUT_CONFIG)),
                Duration.ofMillis(config.getLong(PING_INTERVAL_CONFIG)),
                Duration.ofMillis(config.getLong(BACKOFF_CONFIG)),
                Duration.ofMillis(config.getLong(BACKOFF_MAX_CONFIG)),
                NatsNames.withoutTrailingDot(config.getString(INBOX_PREFIX_CONFIG)),
                AuthSettings.from(config),
                TlsSettings.from(config, ServerUrls.anySecure(servers)),
                CUSTOMIZER.from(config, props));
    }
}
