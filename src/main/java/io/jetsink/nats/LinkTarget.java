package io.jetsink.nats;

import io.jetsink.config.ShownText;
import io.nats.client.support.NatsUri;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server to try.
 *
 * @param server its URL
 * @param certificateHost the host name that its certificate has to be for
 * @param tls how to secure the connection, null: not at all
 */
record LinkTarget(
        String server, String certificateHost, @Nullable TlsContext tls) {
    private static final Logger LOG = LoggerFactory.getLogger(LinkTarget.class);

    /**
     * The configured servers in random order, then the discovered ones. Servers announce addresses rather than names; as
     * in other NATS clients their certificates have to be for the configured name then.
     */
    static List<LinkTarget> all(List<String> configured, Collection<String> discovered, @Nullable TlsContext tls)
            throws ConnectFailedException {
        var own = new ArrayList<NatsUri>();
        for (var url : configured) {
            try {
                own.add(new NatsUri(url));
            } catch (URISyntaxException e) {
                throw new ConnectFailedException(
                        ConnectFailedException.Reason.SETTINGS, "No URL of a server: " + url + " (nats.servers)", e);
            }
        }
        var others = readable(discovered);
        for (var uri : own) {
            // The client would quietly leave TLS out.
            if (tls != null && uri.isWebsocket() && !uri.isSecure()) {
                throw new ConnectFailedException(
                        ConnectFailedException.Reason.SETTINGS,
                        "nats.servers: " + uri + " is not secured, but TLS is configured; it takes a wss:// URL",
                        null);
            }
        }
        others.removeIf(uri -> tls != null && uri.isWebsocket() && !uri.isSecure());
        others.removeIf(other -> own.stream().anyMatch(other::equivalent));
        Collections.shuffle(own);
        Collections.shuffle(others);
        var name = own.stream()
                .filter(uri -> !uri.hostIsIpAddress())
                .map(NatsUri::getHost)
                .findFirst();
        var all = new ArrayList<LinkTarget>();
        own.forEach(uri -> all.add(new LinkTarget(uri.toString(), host(uri), tls)));
        others.forEach(uri -> all.add(
                new LinkTarget(uri.toString(), uri.hostIsIpAddress() ? name.orElse(host(uri)) : host(uri), tls)));
        return all;
    }

    /** A server may announce anything; an address that is none is left out and is not the configuration's fault. */
    private static List<NatsUri> readable(Collection<String> urls) {
        var parsed = new ArrayList<NatsUri>();
        for (var url : urls) {
            try {
                parsed.add(new NatsUri(url));
            } catch (URISyntaxException e) {
                LOG.debug("a server announced an address that is no URL: {}", ShownText.of(url), e);
            }
        }
        return parsed;
    }

    private static String host(NatsUri uri) {
        var host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
