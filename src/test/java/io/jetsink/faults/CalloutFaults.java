package io.jetsink.faults;

import io.jetsink.support.nats.AuthCallout;
import io.jetsink.support.nats.NatsServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A server whose users are known to a service alone, which boots later than everybody else. */
final class CalloutFaults implements Scene {
    private static final Duration LATE = Duration.ofSeconds(30);

    static List<Scenario> scenarios() {
        return List.of(Scenario.of(
                54,
                "server and tasks start together, the auth callout's service " + LATE.toSeconds() + " s later",
                new CalloutFaults()));
    }

    @Override
    public Map<Guarantee, Evidence> play(String name, List<Guarantee> guarantees, long seed) throws Exception {
        try (AuthCallout callout = new AuthCallout(Canary.PASSWORD)) {
            String config = callout.config();
            return TaskScene.of(site -> site.bootWithout(LATE, on -> {
                        if (on) {
                            callout.start(site.nats());
                        } else {
                            callout.stop();
                        }
                    }))
                    .server(() -> {
                        NatsServer server = NatsServer.builder().config(config).start();
                        start(callout, server);
                        return server;
                    })
                    .play(name, guarantees, seed);
        }
    }

    private static void start(AuthCallout callout, NatsServer server) {
        try {
            callout.start(server);
        } catch (Exception e) {
            throw new IllegalStateException("The auth callout does not start", e);
        }
    }
}
