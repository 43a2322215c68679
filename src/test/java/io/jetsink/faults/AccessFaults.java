package io.jetsink.faults;

import java.time.Duration;
import java.util.List;

/** What happens to the user's rights. */
final class AccessFaults {
    private static final String ADMIN = "{ user: admin, password: admin }";
    private static final String BRIDGE = "{ user: " + Canary.USER + ", password: '" + Canary.PASSWORD + "'";
    /** How a server knows both. */
    static final String GRANTED = "authorization { users: [" + ADMIN + ", " + BRIDGE + " }] }\n";

    private static final String DENIED = "authorization { users: [" + ADMIN + ", " + BRIDGE
            + ", permissions: { publish: { deny: [\"*.0\"] } } }] }\n";
    private static final String GONE = "authorization { users: [" + ADMIN + "] }\n";
    private static final Duration WHILE = Duration.ofSeconds(20);

    private AccessFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(23, "publish permission revoked for 20 s", scene(site -> withdraw(site, DENIED))),
                Scenario.of(23, "publish permission revoked", scene(site -> {
                            site.nats().reload(DENIED);
                            site.awaitFailed();
                        }))
                        .fails("may not publish to"),
                Scenario.of(24, "user removed for 20 s", scene(site -> withdraw(site, GONE))),
                Scenario.of(24, "user removed", scene(site -> {
                            site.nats().reload(GONE);
                            site.awaitFailed();
                        }))
                        .fails("nats.auth"));
    }

    private static void withdraw(TaskSite site, String rights) {
        site.nats().reload(rights);
        site.hold(WHILE);
        site.nats().reload(GRANTED);
    }

    private static TaskScene scene(TaskFault fault) {
        return TaskScene.of(fault);
    }
}
