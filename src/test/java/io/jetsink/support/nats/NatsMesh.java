package io.jetsink.support.nats;

import java.util.ArrayList;
import java.util.List;

/** nats-servers of one cluster that come and go, each with a port of its own, and no JetStream. */
public final class NatsMesh implements AutoCloseable {
    private final List<NatsServer> servers = new ArrayList<>();
    private final List<NatsPort> routes = new ArrayList<>();

    /** Starts one more server, which finds those that are there by the routes to all that ever were. */
    public NatsServer join() {
        NatsPort own = NatsPort.reserve();
        List<String> others = routes.stream()
                .map(route -> "nats://127.0.0.1:" + route.number())
                .toList();
        routes.add(own);
        NatsServer server = NatsServer.builder()
                .jetStream(false)
                .clustered(
                        "m" + routes.size(),
                        "name: mesh\nlisten: 127.0.0.1:" + own.number() + "\nroutes: [" + String.join(", ", others)
                                + "]\n")
                .start();
        servers.add(server);
        return server;
    }

    @Override
    public void close() {
        servers.forEach(NatsServer::close);
        routes.forEach(NatsPort::close);
    }
}
