package io.jetsink.nats;

import io.nats.client.impl.NatsServerPool;
import io.nats.client.support.NatsUri;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The servers that one connection knows: its own server, and those that the server announces ({@code connect_urls} of INFO).
 * The client silently drops an address if {@link java.net.URI} does not accept its host, for example a name with an underscore
 * (jnats 2.26.2). This class keeps the address, and {@link ServerTarget} resolves it.
 *
 * <p>Threads: called by the connecting thread and by threads of the connection.
 */
final class AnnouncedServers extends NatsServerPool {
    private final Consumer<String> unusual;
    private volatile List<String> others = List.of();

    /** @param unusual called at each announcement with each URL that the client does not accept */
    AnnouncedServers(Consumer<String> unusual) {
        this.unusual = unusual;
    }

    @Override
    public boolean acceptDiscoveredUrls(List<String> announced) {
        List<String> before = others;
        String scheme = defaultScheme == null ? "nats" : defaultScheme;
        List<String> now = announced.stream()
                .filter(url -> !isAccepted(url))
                .map(url -> scheme + "://" + url)
                .toList();
        others = now;
        now.forEach(unusual);
        boolean more = super.acceptDiscoveredUrls(announced);
        return more || !before.containsAll(now);
    }

    private boolean isAccepted(String url) {
        try {
            return new NatsUri(url, defaultScheme).getPort() > 0;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    @Override
    public List<String> getServerList() {
        List<String> all = new ArrayList<>(super.getServerList());
        all.addAll(others);
        return all;
    }
}
