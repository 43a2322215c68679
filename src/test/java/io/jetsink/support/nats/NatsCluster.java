package io.jetsink.support.nats;

import io.jetsink.support.FaultProxy;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Three nats-servers on loopback that form one JetStream cluster, ready to take a stream with three replicas. */
public final class NatsCluster implements NatsTarget {
    private static final int SIZE = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<NatsServer> servers = new ArrayList<>();
    private final List<NatsPort> routes;

    private NatsCluster(NatsBinary binary, String extra, String clusterExtra) {
        routes = Stream.generate(NatsPort::reserve).limit(SIZE).toList();
        var urls = routes.stream()
                .map(route -> "nats://127.0.0.1:" + route.number())
                .toList();
        try {
            for (int i = 0; i < SIZE; i++) {
                var cluster = "name: jetsink\nlisten: 127.0.0.1:"
                        + routes.get(i).number() + "\nroutes: [" + String.join(", ", urls) + "]\n" + clusterExtra;
                servers.add(NatsServer.builder()
                        .version(binary)
                        .config(extra)
                        .clustered("n" + (i + 1), cluster)
                        .start());
            }
            awaitReady();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The default version. */
    public static NatsCluster start() {
        return start(NatsBinary.DEFAULT, "");
    }

    /** A version and text that goes into each server's configuration as it is. */
    public static NatsCluster start(NatsBinary binary, String extra) {
        return new NatsCluster(binary, extra, "");
    }

    /** Servers that do not tell clients of each other, so that nobody finds a way round a {@link FaultProxy}. */
    public static NatsCluster startUnannounced() {
        return new NatsCluster(NatsBinary.DEFAULT, "", "no_advertise: true\n");
    }

    public NatsServer server(int index) {
        return servers.get(index);
    }

    public List<NatsServer> servers() {
        return List.copyOf(servers);
    }

    public List<String> urls() {
        return servers.stream().map(NatsServer::url).toList();
    }

    @Override
    public String addresses() {
        return String.join(",", urls());
    }

    @Override
    public Connection connect() throws IOException, InterruptedException {
        return Nats.connect(new Options.Builder()
                .servers(urls().toArray(String[]::new))
                .connectionTimeout(Duration.ofSeconds(5))
                .build());
    }

    /** Waits until all servers are healthy and a stream with three replicas can be placed. */
    public void awaitReady() {
        servers.forEach(NatsServer::awaitHealthy);
        var probe = StreamConfiguration.builder()
                .name("JETSINK_PROBE")
                .subjects("jetsink.probe")
                .storageType(StorageType.Memory)
                .replicas(SIZE)
                .build();
        // The meta leader may still think that a peer is away, or may not be elected.
        await("a place for three replicas", () -> {
            try (var connection = connect()) {
                var management = connection.jetStreamManagement();
                management.addStream(probe);
                return management.deleteStream(probe.getName());
            }
        });
    }

    /** The server that leads the stream, waited for if there is an election. */
    public NatsServer streamLeader(String stream) {
        return byName(leaderOtherThan("", stream));
    }

    /** Makes the leader of the stream step down and waits for the next one, which is returned. */
    public NatsServer stepDown(String stream) {
        var before = streamLeader(stream).name();
        try (var connection = connect()) {
            var answer =
                    connection.request("$JS.API.STREAM.LEADER.STEPDOWN." + stream, new byte[0], Duration.ofSeconds(5));
            if (answer == null || !new String(answer.getData(), StandardCharsets.UTF_8).contains("\"success\":true")) {
                throw new IllegalStateException("The leader of " + stream + " does not step down: "
                        + (answer == null ? "no answer" : new String(answer.getData(), StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("No connection to the cluster", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
        return byName(leaderOtherThan(before, stream));
    }

    @Override
    public void close() {
        servers.forEach(NatsServer::close);
        routes.forEach(NatsPort::close);
    }

    private String leaderOtherThan(String former, String stream) {
        return Awaitility.await("a leader of " + stream)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .ignoreExceptionsMatching(NatsCluster::isPassing)
                .until(() -> leader(stream), leader -> !leader.isEmpty() && !leader.equals(former));
    }

    private String leader(String stream) throws IOException, InterruptedException, JetStreamApiException {
        try (var connection = connect()) {
            var cluster = connection.jetStreamManagement().getStreamInfo(stream).getClusterInfo();
            return cluster == null || cluster.getLeader() == null ? "" : cluster.getLeader();
        }
    }

    private NatsServer byName(String name) {
        return servers.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .ignoreExceptionsMatching(NatsCluster::isPassing)
                .until(condition);
    }

    /** While there is no leader, requests run into their timeout or are turned away. */
    private static boolean isPassing(Throwable e) {
        return e instanceof IOException || e instanceof JetStreamApiException;
    }
}
