package io.jetsink.nats;

import io.nats.client.support.NatsUri;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server to try.
 *
 * @param server its URL
 * @param certificateHost the host name that its certificate has to be for
 * @param tls how to secure the connection, null: not at all
 */
record ServerTarget(
        String server, String certificateHost, @Nullable TlsContext tls) {
    /**
     * The configured servers in random order, then the discovered ones. Servers announce addresses rather than names; as
     * in other NATS clients their certificates have to be for the configured name then.
     */
    static List<ServerTarget> all(List<String> configured, Collection<String> discovered, @Nullable TlsContext tls)
            throws ConnectFailedException {
        var own = parse(configured);
        var unusual = new ArrayList<String>();
        var others = readable(discovered, unusual);
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
        var all = new ArrayList<ServerTarget>();
        own.forEach(uri -> all.add(new ServerTarget(uri.toString(), host(uri), tls)));
        others.forEach(uri -> all.add(
                new ServerTarget(uri.toString(), uri.hostIsIpAddress() ? name.orElse(host(uri)) : host(uri), tls)));
        for (var url : unusual) {
            var address = UnusualAddress.of(url);
            if (address != null) {
                all.add(new ServerTarget(url, tls == null ? address.host() : name.orElse(address.host()), tls));
            }
        }
        return all;
    }

    /**
     * The targets that the client accepts: this one, or, if its host is a name that {@link java.net.URI} does not accept, its
     * addresses. They have the same certificate host, as announced addresses have.
     *
     * @throws UnknownHostException if such a name has no address
     */
    List<ServerTarget> resolved() throws UnknownHostException {
        var address = isAccepted(server) ? null : UnusualAddress.of(server);
        if (address == null) {
            return List.of(this);
        }
        var all = new ArrayList<ServerTarget>();
        for (var url : address.resolved()) {
            all.add(new ServerTarget(url, certificateHost, tls));
        }
        return all;
    }

    /** Whether any of the configured servers has a name rather than an address. */
    static boolean anyName(List<String> configured) {
        return configured.stream().anyMatch(url -> {
            try {
                return !new NatsUri(url).hostIsIpAddress();
            } catch (URISyntaxException e) {
                return false;
            }
        });
    }

    private static boolean isAccepted(String url) {
        try {
            return new NatsUri(url).getPort() > 0;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The announced addresses that the client accepts; a server may announce anything, which is no fault of the settings. */
    private static List<NatsUri> readable(Collection<String> urls, List<String> unusual) {
        var parsed = new ArrayList<NatsUri>();
        for (var url : urls) {
            try {
                parsed.add(new NatsUri(url));
            } catch (URISyntaxException e) {
                unusual.add(url);
            }
        }
        return parsed;
    }

    private static List<NatsUri> parse(Collection<String> urls) throws ConnectFailedException {
        var parsed = new ArrayList<NatsUri>();
        for (var url : urls) {
            try {
                parsed.add(new NatsUri(url));
            } catch (URISyntaxException e) {
                throw new ConnectFailedException(
                        ConnectFailedException.Reason.SETTINGS, "No URL of a server: " + url + " (nats.servers)", e);
            }
        }
        return parsed;
    }

    /** As certificates have it: without brackets, and without the dot that makes a name absolute. */
    private static String host(NatsUri uri) {
        var host = uri.getHost();
        if (host.startsWith("[")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
