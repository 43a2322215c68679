package io.jetsink.support.nats;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A hub and a leaf node, each with a JetStream and a domain of its own, {@code hub} and {@code leaf}. */
public final class NatsDomains implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NatsPort port = NatsPort.reserve();
    private final NatsServer hub;
    private final NatsServer leaf;

    private NatsDomains() {
        hub = server("hub", "listen: '127.0.0.1:" + port.number() + "'");
        leaf = server("leaf", "remotes: [ { url: 'nats://127.0.0.1:" + port.number() + "' } ], reconnect: 1s");
        awaitJoined();
    }

    public static NatsDomains start() {
        return new NatsDomains();
    }

    public NatsServer hub() {
        return hub;
    }

    public NatsServer leaf() {
        return leaf;
    }

    /** Waits until the leaf node is connected to the hub. */
    public void awaitJoined() {
        Awaitility.await("the leaf node to be connected")
                .atMost(PATIENCE)
                .until(() ->
                        JSON.readTree(leaf.monitor("/leafz")).path("leafnodes").asInt() == 1);
    }

    @Override
    public void close() {
        leaf.close();
        hub.close();
        port.close();
    }

    private static NatsServer server(String domain, String leafNodes) {
        return NatsServer.builder()
                .jetStream(false)
                .config("jetstream { store_dir: './store', domain: " + domain + " }\nleafnodes { " + leafNodes + " }\n")
                .start();
    }
}
