package io.jetsink.tool.migrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sections {@code nats} and {@code jetstream}, which all entries of a file share. */
final class NatsSection {
    /** The file of which config providers read the secrets. */
    static final String SECRETS = "/etc/connect/secrets/nats.properties";

    private static final String PLACE = "nats";
    private static final String SCHEME = "://";
    private static final int MIN_TIMEOUT = 100;
    private static final int MAX_MILLIS = 3_600_000;

    private final Notes notes;
    private final Map<String, String> config = new LinkedHashMap<>();

    private NatsSection(Notes notes) {
        this.notes = notes;
    }

    /** Returns the keys of the connection. */
    static Map<String, String> convert(ConfBlock nats, ConfBlock jetStream, Notes notes) {
        NatsSection section = new NatsSection(notes);
        section.connection(nats);
        section.jetStream(jetStream);
        return section.config;
    }

    /** Returns a reference to a config provider, in place of a secret. */
    static String placeholder(String key) {
        return "${file:" + SECRETS + ":" + key + "}";
    }

    private void connection(ConfBlock nats) {
        ConfBlock tls = nats.block("tls");
        boolean secure = tls.has("root") || tls.has("cert");
        List<String> servers = new ArrayList<>();
        for (String urls : nats.texts("servers")) {
            for (String url : urls.split(",", -1)) {
                if (!url.isBlank()) {
                    servers.add(server(url.strip(), secure));
                }
            }
        }
        if (servers.isEmpty()) {
            notes.omit(PLACE, "servers is missing");
        }
        Map<String, String> credentials = new LinkedHashMap<>(config);
        config.clear();
        config.put("nats.servers", String.join(",", servers));
        config.putAll(credentials);
        String file = nats.text("usercredentials");
        if (!file.isEmpty()) {
            config.put("nats.auth.credentials.file", file);
            notes.warn(PLACE, "usercredentials: each worker must be able to read " + file);
        }
        tls(tls);
        millis("nats.connect.timeout.ms", nats.number("connecttimeout"), MIN_TIMEOUT);
        long wait = nats.number("reconnectwait");
        millis("nats.reconnect.backoff.ms", wait, 1);
        millis("nats.reconnect.backoff.max.ms", wait, 1);
        if (nats.has("maxreconnects")) {
            nats.ignore("maxreconnects");
            notes.warn(
                    PLACE,
                    "maxreconnects has no equivalent: the task reconnects forever, and publish.retry.timeout.ms sets a"
                            + " limit of time");
        }
        notes.unread(PLACE, nats);
    }

    private String server(String url, boolean secure) {
        int authority = url.contains(SCHEME) ? url.indexOf(SCHEME) + SCHEME.length() : 0;
        String scheme = authority == 0 ? "nats" + SCHEME : url.substring(0, authority);
        int host = url.lastIndexOf('@') + 1;
        if (host > authority) {
            int colon = url.indexOf(':', authority);
            boolean token = colon < 0 || colon >= host;
            boolean first = config.isEmpty();
            if (token) {
                config.put("nats.auth.token", placeholder("token"));
            } else {
                config.put("nats.auth.username", placeholder("username"));
                config.put("nats.auth.password", placeholder("password"));
            }
            if (first) {
                notes.warn(PLACE, "servers: store the credentials of the URL in " + SECRETS + " on each worker");
            }
        }
        return (secure && scheme.equals("nats" + SCHEME) ? "tls" + SCHEME : scheme)
                + url.substring(Math.max(host, authority));
    }

    private void tls(ConfBlock tls) {
        String root = tls.text("root");
        if (!root.isEmpty()) {
            config.put("nats.ssl.truststore.type", "PEM");
            config.put("nats.ssl.truststore.location", root);
            notes.warn(PLACE, "tls.root: each worker must be able to read " + root);
        }
        String certificate = tls.text("cert");
        String key = tls.text("key");
        if (!certificate.isEmpty() && !key.isEmpty()) {
            config.put("nats.ssl.keystore.type", "PEM");
            config.put("nats.ssl.keystore.certificate.chain", content(certificate));
            config.put("nats.ssl.keystore.key", content(key));
            notes.warn(
                    PLACE,
                    "tls.key: the worker requires config.providers=dir, and the key must be PKCS#8 (BEGIN PRIVATE KEY)");
        }
        notes.unread(PLACE + ".tls", tls);
    }

    /** Returns a reference to the content of a file. */
    private static String content(String file) {
        Path path = Path.of(file);
        Path folder = path.getParent();
        return "${dir:" + (folder == null ? "." : folder) + ":" + path.getFileName() + "}";
    }

    private void jetStream(ConfBlock jetStream) {
        millis("publish.ack.timeout.ms", jetStream.number("maxwait"), MIN_TIMEOUT);
        // They apply to JetStreamToKafka only.
        jetStream.ignore("publishasyncmaxpending", "enableflowcontrol", "enableacksync", "heartbeatinterval");
        notes.unread("jetstream", jetStream);
    }

    private void millis(String key, long value, int min) {
        if (value >= min && value <= MAX_MILLIS) {
            config.put(key, Long.toString(value));
        }
    }
}
