package io.jetsink.faults;

import io.jetsink.support.nats.NatsServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** What happens to nats-servers. */
final class ServerFaults {
    private static final Duration MOMENT = Duration.ofMillis(200);
    /** Of the store, in bytes: a few seconds of the load are more. */
    private static final String SMALL = "jetstream { store_dir: './store', max_file_store: 1M }\n";

    private static final String LARGE = "jetstream { store_dir: './store', max_file_store: 1G }\n";

    private ServerFaults() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>(List.of(
                Scenario.of(5, "nats-server killed", TaskScene.of(ServerFaults::kill))
                        .controlled(),
                Scenario.of(
                                6,
                                "leader of a stream with three replicas killed, with acks under way",
                                TaskScene.of(ServerFaults::killLeaders).replicated())
                        .controlled(),
                Scenario.of(
                        7,
                        "three replicas restarted in turn, in lame duck mode",
                        TaskScene.of(ServerFaults::rollLameDucks).replicated()),
                Scenario.of(
                        8,
                        "two of three replicas stopped for 60 s",
                        TaskScene.of(ServerFaults::loseQuorum).replicated()),
                Scenario.of(13, "nats-server stopped for 30 s", TaskScene.of(ServerFaults::suspend)),
                Scenario.of(
                        18,
                        "JetStream's store full",
                        TaskScene.of(ServerFaults::fillStore)
                                .server(NatsServer.builder().jetStream(false).config(SMALL)))));
        if (SmallDisk.isPossible()) {
            all.add(Scenario.of(18, "disk full", fullDisk()));
        }
        return all;
    }

    private static TaskScene fullDisk() {
        AtomicReference<SmallDisk> disk = new AtomicReference<>();
        return TaskScene.of(site -> {
                    site.awaitSaid("no working link");
                    site.hold(Duration.ofSeconds(5));
                    site.nats().kill9();
                    disk.get().grow(1_000);
                    site.nats().restart();
                })
                .server(() -> {
                    disk.set(SmallDisk.mount(2));
                    return disk.get().start();
                });
    }

    /** At any moment, three times. */
    private static void kill(TaskSite site) {
        for (int i = 0; i < 3; i++) {
            site.awaitFlow();
            site.hold(Duration.ZERO, MOMENT);
            site.nats().kill9();
            site.hold(Duration.ofSeconds(1), Duration.ofSeconds(5));
            site.nats().restart();
            site.healed();
        }
    }

    private static void killLeaders(TaskSite site) {
        for (int i = 0; i < 2; i++) {
            site.awaitFlow();
            site.hold(Duration.ZERO, MOMENT);
            TaskLane led = site.lanes().get(site.random().nextInt(site.lanes().size()));
            NatsServer leader = site.cluster().streamLeader(led.name());
            // The acks that are on their way go with it: replicas keep what they stand for.
            site.proxies().forEach(proxy -> proxy.dropAnswers(true));
            site.hold(MOMENT);
            leader.kill9();
            site.proxies().forEach(proxy -> proxy.dropAnswers(false));
            site.awaitFlow();
            leader.restart();
            site.healed();
            leader.awaitHealthy();
        }
    }

    private static void rollLameDucks(TaskSite site) {
        for (NatsServer server : site.servers().all()) {
            site.awaitFlow();
            server.signal("USR2");
            // It gives its streams away and waits ten seconds before it closes what is still connected.
            site.hold(Duration.ofSeconds(12));
            server.kill9();
            server.restart();
            server.awaitHealthy();
            site.healed();
        }
    }

    private static void loseQuorum(TaskSite site) {
        List<NatsServer> gone = site.servers().all().subList(0, 2);
        gone.forEach(NatsServer::kill9);
        site.hold(Duration.ofSeconds(60));
        gone.forEach(NatsServer::restart);
        site.healed();
        site.cluster().awaitReady();
    }

    private static void suspend(TaskSite site) {
        site.nats().sigstop();
        site.hold(Duration.ofSeconds(30));
        site.nats().sigcont();
    }

    private static void fillStore(TaskSite site) {
        site.awaitSaid("no working link");
        site.hold(Duration.ofSeconds(5));
        site.nats().kill9();
        site.nats().configure(LARGE);
        site.nats().restart();
    }
}
