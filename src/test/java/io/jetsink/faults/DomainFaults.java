package io.jetsink.faults;

import io.jetsink.support.nats.NatsDomains;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tasks at a leaf node whose stream is in the hub's domain, with a stream of the same name in the leaf's. */
final class DomainFaults implements Scene {
    static List<Scenario> scenarios() {
        return List.of(Scenario.of(
                        46,
                        "a stream of the same name in another domain, the expected one unreachable for 10 s",
                        (name, guarantees, seed) -> new DomainFaults().play(name, guarantees, seed))
                .only(Guarantee.ASYNC, Guarantee.FAST, Guarantee.SYNC));
    }

    private @Nullable NatsDomains started;

    @Override
    public Map<Guarantee, Evidence> play(String name, List<Guarantee> guarantees, long seed) throws Exception {
        return TaskScene.of(this::strike)
                .server(() -> {
                    started = NatsDomains.start();
                    return started.hub();
                })
                .way(new Way())
                .config("jetstream.domain", "hub")
                .play(name, guarantees, seed);
    }

    private NatsDomains domains() {
        NatsDomains domains = started;
        if (domains == null) {
            throw new IllegalStateException("The scene has not begun");
        }
        return domains;
    }

    /** From now on each record has two acks; for a while only the wrong one. */
    private void strike(TaskSite site) throws Exception {
        for (TaskLane lane : site.lanes()) {
            StreamConfiguration same = lane.guarantee().stream(lane.name()).build();
            domains().leaf().ask(streams -> streams.addStream(same));
        }
        site.awaitFlow();
        domains().hub().kill9();
        site.hold(Duration.ofSeconds(10));
        domains().hub().restart();
        domains().awaitJoined();
        site.healed();
    }

    private final class Way implements TaskSite.Way {
        @Override
        public String url(NatsServer server) {
            return domains().leaf().url();
        }

        @Override
        public Connection connect(NatsServer server) throws Exception {
            return server.connect();
        }

        /** The hub is the scene's. */
        @Override
        public void close() {
            domains().close();
        }
    }
}
