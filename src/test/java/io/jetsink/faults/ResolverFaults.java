package io.jetsink.faults;

import io.jetsink.support.nats.AccountResolver;
import io.jetsink.support.nats.NatsOperator;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A server that looks accounts up where nobody knows them yet. */
final class ResolverFaults implements Scene {
    private static final Duration LATE = Duration.ofSeconds(30);

    static List<Scenario> scenarios() {
        return List.of(Scenario.of(
                54,
                "server and tasks start together, the account resolver " + LATE.toSeconds() + " s later",
                new ResolverFaults()));
    }

    @Override
    public Map<Guarantee, Evidence> play(String name, List<Guarantee> guarantees, long seed) throws Exception {
        NatsOperator operator = new NatsOperator();
        NatsOperator.User user = operator.user();
        try (AccountResolver resolver = operator.resolver()) {
            return TaskScene.of(site -> site.bootWithout(LATE, resolver::booted))
                    .server(NatsServer.builder().config(operator.config(resolver)))
                    .way(new Way(user))
                    .credentials(Map.of("nats.auth.jwt", user.jwt(), "nats.auth.nkey.seed", user.seed()))
                    .play(name, guarantees, seed);
        }
    }

    private record Way(NatsOperator.User user) implements TaskSite.Way {
        @Override
        public String url(NatsServer server) {
            return server.url();
        }

        @Override
        public Connection connect(NatsServer server) throws Exception {
            return server.connect(options -> options.authHandler(
                    Nats.staticCredentials(user.jwt().toCharArray(), user.seed().toCharArray())));
        }
    }
}
