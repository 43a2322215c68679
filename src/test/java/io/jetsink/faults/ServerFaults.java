package io.jetsink.faults;

import io.jetsink.support.NatsServer;
import java.time.Duration;
import java.util.List;

/** What happens to nats-servers. */
final class ServerFaults {
    private static final Duration MOMENT = Duration.ofMillis(200);

    private ServerFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(5, "nats-server killed", TaskScene.of(ServerFaults::kill))
                        .controlled(),
                Scenario.of(13, "nats-server stopped for 30 s", TaskScene.of(ServerFaults::suspend)));
    }

    /** At any moment, three times. */
    private static void kill(TaskSite site) {
        NatsServer nats = site.nats();
        for (int i = 0; i < 3; i++) {
            site.awaitFlow();
            site.hold(Duration.ZERO, MOMENT);
            nats.kill9();
            site.hold(Duration.ofSeconds(1), Duration.ofSeconds(5));
            nats.restart();
            site.healed();
        }
    }

    private static void suspend(TaskSite site) {
        site.nats().sigstop();
        site.hold(Duration.ofSeconds(30));
        site.nats().sigcont();
    }
}
