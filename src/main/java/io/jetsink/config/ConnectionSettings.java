package io.jetsink.config;

import io.jetsink.spi.ConnectionCustomizer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * How to reach NATS.
 *
 * @param servers validated URLs, never with credentials
 * @param name {@code nats.connection.name}; null: {@code <connector>-<task>}
 * @param connectTimeout {@code nats.connect.timeout.ms}
 * @param pingInterval {@code nats.ping.interval.ms}
 * @param backoff first pause before connecting again
 * @param backoffMax longest pause before connecting again
 * @param inboxPrefix {@code nats.inbox.prefix}, without a trailing dot
 * @param auth authentication
 * @param tls TLS
 * @param customizer {@code connection.customizer}, null: none
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
        defineOwn(def);
        AuthSettings.define(def);
        TlsSettings.define(def);
    }

    private static void defineOwn(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Connection")
                .add(
                        SERVERS_CONFIG,
                        ConfigDef.Type.LIST,
                        ConfigDef.NO_DEFAULT_VALUE,
                        ServerUrls.rule(),
                        Importance.HIGH,
                        Width.LONG,
                        "Servers",
                        "Servers to connect to, comma separated: nats://, tls://, ws:// or wss:// URLs; host:port is "
                                + "taken as nats://. Without a port: 4222, with ws:// 80, with wss:// 443. Credentials in a URL are refused: they have keys of their own.")
                .text(
                        NAME_CONFIG,
                        null,
                        ValueRule.text(),
                        Importance.LOW,
                        "Connection name",
                        "Name under which the server shows the connection. Without it: connector name, dash, task.")
                .number(
                        CONNECT_TIMEOUT_CONFIG,
                        ConfigDef.Type.LONG,
                        5_000,
                        ValueRule.millis(100),
                        Importance.LOW,
                        "Connect timeout",
                        "How many milliseconds connecting to one server may take.")
                .number(
                        PING_INTERVAL_CONFIG,
                        ConfigDef.Type.LONG,
                        10_000,
                        ValueRule.millis(100),
                        Importance.LOW,
                        "Ping interval",
                        "Milliseconds between the pings that tell whether the server is still there.")
                .number(
                        BACKOFF_CONFIG,
                        ConfigDef.Type.LONG,
                        100,
                        ValueRule.millis(1),
                        Importance.LOW,
                        "Reconnect back-off",
                        "First pause before connecting again, in milliseconds. It doubles, with jitter, up to "
                                + BACKOFF_MAX_CONFIG + ".")
                .number(
                        BACKOFF_MAX_CONFIG,
                        ConfigDef.Type.LONG,
                        10_000,
                        ValueRule.millis(1),
                        Importance.LOW,
                        "Max. reconnect back-off",
                        "Longest pause before connecting again, in milliseconds; at least " + BACKOFF_CONFIG + ".")
                .text(
                        INBOX_PREFIX_CONFIG,
                        "_INBOX",
                        NatsNames.subjectPrefix(false),
                        Importance.LOW,
                        "Inbox prefix",
                        "Prefix of the subjects on which acks come back; the user must be allowed to subscribe there.");
        CUSTOMIZER.define(
                group,
                null,
                Importance.LOW,
                "Customizer",
                "Name of a class of your own that changes how connections are made.");
    }

    static void check(ValidationContext findings) {
        if (findings.value(BACKOFF_CONFIG) instanceof Long first
                && findings.value(BACKOFF_MAX_CONFIG) instanceof Long longest
                && first > longest) {
            // the error belongs to what the user wrote, not to a default
            String key = findings.isGiven(BACKOFF_MAX_CONFIG) ? BACKOFF_MAX_CONFIG : BACKOFF_CONFIG;
            findings.refuse(key, BACKOFF_MAX_CONFIG + " must not be less than " + BACKOFF_CONFIG);
        }
        AuthSettings.check(findings);
        TlsSettings.check(findings);
    }

    static ConnectionSettings from(AbstractConfig config, Map<String, String> props) {
        return new ConnectionSettings(
                ServerUrls.normalized(config.getList(SERVERS_CONFIG)),
                config.getString(NAME_CONFIG),
                Duration.ofMillis(config.getLong(CONNECT_TIMEOUT_CONFIG)),
                Duration.ofMillis(config.getLong(PING_INTERVAL_CONFIG)),
                Duration.ofMillis(config.getLong(BACKOFF_CONFIG)),
                Duration.ofMillis(config.getLong(BACKOFF_MAX_CONFIG)),
                NatsNames.withoutTrailingDot(config.getString(INBOX_PREFIX_CONFIG)),
                AuthSettings.from(config),
                TlsSettings.from(config),
                CUSTOMIZER.from(config, props));
    }
}
