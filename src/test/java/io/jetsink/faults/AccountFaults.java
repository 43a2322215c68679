package io.jetsink.faults;

import io.jetsink.support.nats.NatsServer;
import java.time.Duration;
import java.util.List;

/** A stream in another account, which the tasks reach by imports of services alone. */
final class AccountFaults {
    private static final String USERS_OF_STREAM = "users: [{ user: admin, password: admin }]";
    private static final String USERS_OF_TASKS =
            "users: [{ user: " + Canary.USER + ", password: '" + Canary.PASSWORD + "' }]";
    private static final String PREFIXED = "prefixed.";

    private AccountFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(55, "stream in another account", scene(accounts(true, "", true), AccountFaults::cut)),
                Scenario.of(
                        55,
                        "stream in another account, imports without client info",
                        scene(accounts(false, "", true), AccountFaults::cut)),
                Scenario.of(
                        55,
                        "stream in another account, imported under a prefix",
                        scene(accounts(true, PREFIXED, true), AccountFaults::cut)
                                .config("subject", PREFIXED + "${topic}.0")),
                Scenario.of(
                        55,
                        "stream in another account, an import removed for 20 s",
                        scene(accounts(true, "", true), site -> {
                            site.nats().reload(accounts(true, "", false));
                            site.hold(Duration.ofSeconds(20));
                            site.nats().reload(accounts(true, "", true));
                            site.healed();
                        })));
    }

    private static TaskScene scene(String accounts, TaskFault fault) {
        return TaskScene.of(fault)
                .server(NatsServer.builder().config(accounts))
                .config("jetstream.api.prefix", "tasks.api");
    }

    private static void cut(TaskSite site) throws Exception {
        for (int i = 0; i < site.times(3); i++) {
            site.awaitFlow();
            site.proxies().forEach(proxy -> proxy.reset());
            site.awaitFlow();
            site.crash();
        }
    }

    /**
     * @param share whether the stream's account learns who asks
     * @param prefix of the records' subjects in the tasks' account
     * @param records whether the records' subjects are imported
     */
    private static String accounts(boolean share, String prefix, boolean records) {
        return "accounts {\n  STREAM { jetstream: enabled, " + USERS_OF_STREAM + ", exports: [\n"
                + "    { service: \"$JS.API.>\", response_type: stream }\n"
                + "    { service: \"*.0\", response_type: stream }\n"
                + "    { service: \"jetsink.offsets.>\", response_type: stream }\n  ] }\n"
                + "  TASKS { " + USERS_OF_TASKS + ", imports: [\n"
                + imported("$JS.API.>", "tasks.api.>", share)
                + (records ? imported("*.0", prefix + "*.0", share) : "")
                + imported("jetsink.offsets.>", "jetsink.offsets.>", share) + "  ] }\n}\n";
    }

    private static String imported(String subject, String to, boolean share) {
        return "    { service: { account: STREAM, subject: \"" + subject + "\" }, to: \"" + to + "\", share: " + share
                + " }\n";
    }
}
