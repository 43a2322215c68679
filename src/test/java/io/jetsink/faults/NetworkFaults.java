package io.jetsink.faults;

import io.jetsink.support.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What happens between the tasks and nats-servers. */
final class NetworkFaults {
    private static final Duration HOLE = Duration.ofSeconds(Integer.getInteger("faults.hole.seconds", 30));

    private NetworkFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(9, "acks lost", TaskScene.of(NetworkFaults::loseAcks))
                        .controlled(),
                Scenario.of(10, "connections reset every 200 ms", TaskScene.of(NetworkFaults::resets))
                        .controlled(),
                Scenario.of(11, "no data passes for " + HOLE.toSeconds() + " s", TaskScene.of(NetworkFaults::hole)),
                Scenario.of(12, "no data passes in one direction for 20 s", TaskScene.of(NetworkFaults::oneWay)),
                Scenario.of(12, "connections half-closed, or cut within a message", TaskScene.of(NetworkFaults::cuts)),
                Scenario.of(14, "200 ms more each way, 1 Mbit/s", TaskScene.of(NetworkFaults::slow)),
                Scenario.of(14, "acks 3 s late", TaskScene.of(NetworkFaults::lateAcks)),
                Scenario.of(15, "data from the server lost on open connections", TaskScene.of(NetworkFaults::deaf)));
    }

    private static void loseAcks(TaskSite site) {
        for (int i = 0; i < 2; i++) {
            site.awaitFlow();
            site.proxies().forEach(proxy -> proxy.dropAnswers(true));
            // Three times the ack timeout: then the epoch is given up, and the next one suffers the same.
            site.hold(Duration.ofSeconds(16), Duration.ofSeconds(20));
            site.proxies().forEach(proxy -> proxy.dropAnswers(false));
            site.healed();
        }
    }

    private static void resets(TaskSite site) {
        for (int i = 0; i < site.times(50); i++) {
            site.hold(Duration.ofMillis(150), Duration.ofMillis(250));
            site.proxies().forEach(FaultProxy::reset);
        }
    }

    /** What is held arrives late, when there are other connections already. */
    private static void hole(TaskSite site) {
        switched(site, HOLE, FaultProxy::blackHole);
    }

    private static void oneWay(TaskSite site) {
        Duration length = Duration.ofSeconds(20);
        switched(site, length, FaultProxy::holdToServer);
        site.awaitFlow();
        switched(site, length, FaultProxy::holdToClient);
    }

    private interface Switch {
        void turn(FaultProxy proxy, boolean on);
    }

    private static void switched(TaskSite site, Duration length, Switch fault) {
        site.proxies().forEach(proxy -> fault.turn(proxy, true));
        site.hold(length);
        site.proxies().forEach(proxy -> fault.turn(proxy, false));
        site.healed();
    }

    private static void cuts(TaskSite site) {
        List<Consumer<FaultProxy>> cuts = List.of(
                FaultProxy::endToClient,
                FaultProxy::endToServer,
                proxy -> proxy.cutToServerAfter(1 + site.random().nextInt(20_000)),
                proxy -> proxy.cutToClientAfter(1 + site.random().nextInt(2_000)));
        for (int i = 0; i < site.times(12); i++) {
            site.awaitFlow();
            site.proxies().forEach(cuts.get(site.random().nextInt(cuts.size())));
        }
    }

    private static void slow(TaskSite site) {
        site.proxies().forEach(proxy -> {
            proxy.delay(Duration.ofMillis(200));
            proxy.throttle(125_000);
        });
        site.hold(Duration.ofSeconds(20));
        site.proxies().forEach(proxy -> {
            proxy.delay(Duration.ZERO);
            proxy.throttle(0);
        });
    }

    private static void lateAcks(TaskSite site) {
        site.proxies().forEach(proxy -> proxy.delayAnswers(Duration.ofSeconds(3)));
        site.hold(Duration.ofSeconds(20));
        site.proxies().forEach(proxy -> proxy.delayAnswers(Duration.ZERO));
    }

    private static void deaf(TaskSite site) {
        site.proxies().forEach(FaultProxy::deafen);
        site.healed();
    }
}
