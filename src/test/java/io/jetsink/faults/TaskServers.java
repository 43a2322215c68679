package io.jetsink.faults;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a {@link TaskScene}, and the ways to them.
 *
 * @param cluster null where there is one server
 * @param proxies one before each server, through which the tasks go
 * @param way another way to the one server for the tasks and for us; null: there is none
 */
record TaskServers(
        List<NatsServer> all, @Nullable NatsCluster cluster, List<FaultProxy> proxies, TaskSite.@Nullable Way way)
        implements AutoCloseable {
    static TaskServers single(NatsServer server, TaskSite.@Nullable Way way) {
        return new TaskServers(List.of(server), null, List.of(FaultProxy.to(server)), way);
    }

    static TaskServers replicated() {
        NatsCluster cluster = NatsCluster.startUnannounced();
        return new TaskServers(
                cluster.servers(),
                cluster,
                cluster.servers().stream().map(FaultProxy::to).toList(),
                null);
    }

    /** For the tasks. */
    String urls() {
        return way == null
                ? proxies.stream().map(FaultProxy::url).collect(Collectors.joining(","))
                : way.url(all.get(0));
    }

    /** For us: round the proxies, as one who may do everything. */
    Connection connect() throws Exception {
        if (way != null) {
            return way.connect(all.get(0));
        }
        return cluster == null ? all.get(0).connect(options -> options.userInfo("admin", "admin")) : cluster.connect();
    }

    /** How many connections there were through the proxies. */
    long accepted() {
        return proxies.stream().mapToLong(FaultProxy::accepted).sum();
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
        if (way != null) {
            way.close();
        }
        if (cluster == null) {
            all.forEach(NatsServer::close);
        } else {
            cluster.close();
        }
    }
}
