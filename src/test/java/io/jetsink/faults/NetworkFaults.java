package io.jetsink.faults;

import io.jetsink.support.FaultProxy;
import java.time.Duration;
import java.util.List;

/** What happens between the tasks and nats-servers. */
final class NetworkFaults {
    private NetworkFaults() {}

    static List<Scenario> scenarios() {
        return List.of(Scenario.of(10, "connections reset every 200 ms", TaskScene.of(NetworkFaults::resets))
                .controlled());
    }

    private static void resets(TaskSite site) {
        for (int i = 0; i < 50; i++) {
            site.hold(Duration.ofMillis(150), Duration.ofMillis(250));
            site.proxies().forEach(FaultProxy::reset);
        }
    }
}
