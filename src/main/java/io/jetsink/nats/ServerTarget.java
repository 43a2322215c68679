package io.jetsink.nats;

import io.jetsink.nats.ConnectFailedException.Reason;
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
        List<NatsUri> own = new ArrayList<>();
        for (String url : configured) {
            NatsUri uri = parsed(url);
            if (uri == null) {
                throw unusable(url + " is not the URL of a server");
            }
            // The client would not use TLS, without an error.
            if (tls != null && uri.isWebsocket() && !uri.isSecure()) {
                throw unusable(uri + " is plain text, but TLS is configured: use a wss:// URL");
            }
            own.add(uri);
        }
        List<NatsUri> others = new ArrayList<>();
        List<String> unusual = new ArrayList<>();
        for (String url : discovered) {
            NatsUri uri = parsed(url);
            if (uri == null) {
                unusual.add(url);
            } else {
                others.add(uri);
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
        NatsUri uri = parsed(server);
        UnusualAddress address = uri != null && uri.getPort() > 0 ? null : UnusualAddress.of(server);
        if (address == null) {
            return List.of(this);
        }
        return address.resolved().stream()
                .map(url -> new ServerTarget(url, certificateHost, tls))
                .toList();
    }

    /** Whether any configured server has a name rather than an address. */
    static boolean anyName(List<String> configured) {
        return configured.stream().map(ServerTarget::parsed).anyMatch(uri -> uri != null && !uri.hostIsIpAddress());
    }

    /** Returns null if the client does not accept the URL. */
    private static @Nullable NatsUri parsed(String url) {
        try {
            return new NatsUri(url);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static ConnectFailedException unusable(String problem) {
        return new ConnectFailedException(Reason.SETTINGS, "nats.servers: " + problem, null);
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
