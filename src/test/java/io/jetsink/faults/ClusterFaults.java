package io.jetsink.faults;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import java.time.Duration;
import java.util.List;

/** Streams of a cluster that are moved and edited, and clusters that boot. */
final class ClusterFaults {
    private ClusterFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(
                        52,
                        "replicas and subject removed by one edit, and restored",
                        TaskScene.of(ClusterFaults::scaleDownAndUp).replicated()),
                Scenario.of(
                        53,
                        "three replicas, one, three, a leader killed, one",
                        TaskScene.of(ClusterFaults::scale).replicated()),
                Scenario.of(
                        54,
                        "servers and tasks start together, a leader of the cluster later",
                        TaskScene.of(ClusterFaults::boot).replicated()));
    }

    /** What leads the stream then may listen to nothing until it steps down (nats-server #7996). */
    private static void scaleDownAndUp(TaskSite site) throws Exception {
        site.eachStream((streams, lane) -> StreamFaults.change(
                streams,
                lane,
                stream -> stream.replicas(1).subjects(EditFaults.subjects(lane, lane.name() + ".elsewhere"))));
        site.hold(Duration.ofSeconds(5));
        site.eachStream((streams, lane) -> StreamFaults.change(
                streams, lane, stream -> stream.replicas(3).subjects(EditFaults.subjects(lane, lane.name() + ".>"))));
        site.hold(Duration.ofSeconds(20));
        for (TaskLane lane : site.lanes()) {
            site.cluster().stepDown(lane.name());
        }
        site.healed();
    }

    private static void scale(TaskSite site) throws Exception {
        replicas(site, 1);
        site.awaitFlow();
        replicas(site, 3);
        site.await("the replicas to be current", () -> {
            site.eachStream((streams, lane) -> {
                ClusterInfo cluster = streams.getStreamInfo(lane.name()).getClusterInfo();
                if (cluster == null
                        || cluster.getReplicas().size() < 2
                        || !cluster.getReplicas().stream().allMatch(Replica::isCurrent)) {
                    throw new IllegalStateException("not yet");
                }
            });
            return true;
        });
        site.awaitFlow();
        NatsServer leader = site.cluster().streamLeader(site.lanes().get(0).name());
        leader.kill9();
        site.awaitFlow();
        leader.restart();
        leader.awaitHealthy();
        replicas(site, 1);
        site.healed();
    }

    private static void replicas(TaskSite site, int count) throws Exception {
        site.eachStream((streams, lane) -> StreamFaults.change(streams, lane, stream -> stream.replicas(count)));
    }

    /** Each time a task begins it meets a little more of the cluster. */
    private static void boot(TaskSite site) throws Exception {
        List<NatsServer> servers = site.servers().all();
        servers.forEach(NatsServer::kill9);
        site.crash();
        site.hold(Duration.ofSeconds(3));
        // One of three elects nobody: JetStream's API is silent or says so.
        servers.get(0).restart();
        site.crash();
        site.hold(Duration.ofSeconds(20));
        servers.get(1).restart();
        site.crash();
        site.hold(Duration.ofSeconds(1));
        servers.get(2).restart();
        site.crash();
        site.healed();
        site.cluster().awaitReady();
    }
}
