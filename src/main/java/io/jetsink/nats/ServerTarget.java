package io.jetsink.nats;

import io.nats.client.support.NatsUri;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server to connect to.
 *
 * @param server URL of the server
 * @param certificateHost the host name that its certificate must match
 * @param tls null: no TLS
 */
record ServerTarget(
        String server, String certificateHost, @Nullable TlsContext tls) {
    /**
     * Returns the configured servers in random order, then the discovered ones. Servers announce addresses rather than names;
     * as in other NATS clients, the certificate of an address must match the configured name.
     */
    static List<ServerTarget> all(List<String> configured, Collection<String> discovered, @Nullable TlsContext tls)
            throws ConnectFailedException {
        List<NatsUri> own = parse(configured);
        List<String> unusual = new ArrayList<>();
        List<NatsUri> others = accepted(discovered, unusual);
        for (NatsUri uri : own) {
            // The client would not use TLS, without an error.
            if (tls != null && uri.isWebsocket() && !uri.isSecure()) {
                throw new ConnectFailedException(
                        ConnectFailedException.Reason.SETTINGS,
                        "nats.servers: " + uri + " is plain text, but TLS is configured: use a wss:// URL",
                        null);
            }
        }
        others.removeIf(uri -> tls != null && uri.isWebsocket() && !uri.isSecure());
        others.removeIf(other -> own.stream().anyMatch(other::equivalent));
        Collections.shuffle(own);
        Collections.shuffle(others);
        Optional<String> name = own.stream()
                .filter(uri -> !uri.hostIsIpAddress())
                .map(NatsUri::getHost)
                .findFirst();
        List<ServerTarget> all = new ArrayList<>();
        own.forEach(uri -> all.add(new ServerTarget(uri.toString(), host(uri), tls)));
        others.forEach(uri -> all.add(
                new ServerTarget(uri.toString(), uri.hostIsIpAddress() ? name.orElse(host(uri)) : host(uri), tls)));
        for (String url : unusual) {
            UnusualAddress address = UnusualAddress.of(url);
            if (address != null) {
                all.add(new ServerTarget(url, tls == null ? address.host() : name.orElse(address.host()), tls));
            }
        }
        return all;
    }

    /**
     * Returns targets that the client accepts: this target, or the addresses of its host if that is a name that
     * {@link java.net.URI} does not accept.
     *
     * @throws UnknownHostException if such a name has no address
     */
    List<ServerTarget> resolved() throws UnknownHostException {
        UnusualAddress address = isAccepted(server) ? null : UnusualAddress.of(server);
        if (address == null) {
            return List.of(this);
        }
        List<ServerTarget> all = new ArrayList<>();
        for (String url : address.resolved()) {
            all.add(new ServerTarget(url, certificateHost, tls));
        }
        return all;
    }

    /** Whether any configured server has a name rather than an address. */
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

    /** Returns the announced addresses that the client accepts, and adds the others to {@code unusual}. */
    private static List<NatsUri> accepted(Collection<String> urls, List<String> unusual) {
        List<NatsUri> parsed = new ArrayList<>();
        for (String url : urls) {
            try {
                parsed.add(new NatsUri(url));
            } catch (URISyntaxException e) {
                unusual.add(url);
            }
        }
        return parsed;
    }

    private static List<NatsUri> parse(Collection<String> urls) throws ConnectFailedException {
        List<NatsUri> parsed = new ArrayList<>();
        for (String url : urls) {
            try {
                parsed.add(new NatsUri(url));
            } catch (URISyntaxException e) {
                throw new ConnectFailedException(
                        ConnectFailedException.Reason.SETTINGS,
                        "nats.servers: " + url + " is not the URL of a server",
                        e);
            }
        }
        return parsed;
    }

    /** Returns the host in the form of certificates: without brackets, and without the final dot of an absolute name. */
    private static String host(NatsUri uri) {
        String host = uri.getHost();
        if (host.startsWith("[")) {
            return host.substring(1, host.length() - 1);
        }
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
