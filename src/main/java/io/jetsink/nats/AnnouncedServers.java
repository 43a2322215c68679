package io.jetsink.nats;

import io.nats.client.impl.NatsServerPool;
import io.nats.client.support.NatsUri;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The servers that one connection knows: the one it goes to, and those that the server announces ({@code connect_urls} of
 * INFO). The client drops an address without a word if {@link java.net.URI} does not accept its host, such as a name with an
 * underscore (jnats 2.26.2). Here it stays in the list, for {@link ServerTarget} to resolve.
 *
 * <p>Threads: called by the connecting thread and by the connection's own.
 */
final class AnnouncedServers extends NatsServerPool {
    private static final String PLAIN = "nats";

    private final Consumer<String> unusual;
    private volatile List<String> others = List.of();

    /** @param unusual is called with each announced URL that the client does not accept, at each announcement */
    AnnouncedServers(Consumer<String> unusual) {
        this.unusual = unusual;
    }

    @Override
    public boolean acceptDiscoveredUrls(List<String> announced) {
        List<String> before = others;
        List<String> now = new ArrayList<>();
        for (String url : announced) {
            if (!isAccepted(url)) {
                now.add((defaultScheme == null ? PLAIN : defaultScheme) + "://" + url);
            }
        }
        others = List.copyOf(now);
        others.forEach(unusual);
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
