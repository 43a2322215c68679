package io.jetsink.support.nats;

import java.nio.file.Path;

/**
 * What a test server is configured with.
 *
 * @param binary the version
 * @param jetStream whether JetStream is on
 * @param name the server's name in its cluster
 * @param cluster the {@code cluster} block's content, empty for a server on its own
 * @param extra added as it is
 */
record NatsServerConfig(NatsBinary binary, boolean jetStream, String name, String cluster, String extra) {
    static NatsServerConfig single() {
        return new NatsServerConfig(NatsBinary.DEFAULT, true, "", "", "");
    }

    NatsServerConfig withBinary(NatsBinary other) {
        return new NatsServerConfig(other, jetStream, name, cluster, extra);
    }

    NatsServerConfig withJetStream(boolean on) {
        return new NatsServerConfig(binary, on, name, cluster, extra);
    }

    NatsServerConfig withExtra(String text) {
        return new NatsServerConfig(binary, jetStream, name, cluster, text);
    }

    NatsServerConfig withCluster(String serverName, String content) {
        return new NatsServerConfig(binary, jetStream, serverName, content, extra);
    }

    boolean clustered() {
        return !cluster.isEmpty();
    }

    String text(String serverName, int port, int monitorPort, Path home, String extraText) {
        var text = new StringBuilder()
                .append("server_name: ")
                .append(serverName)
                .append('\n')
                .append("host: 127.0.0.1\n")
                .append("port: ")
                .append(port)
                .append('\n')
                .append("http: 127.0.0.1:")
                .append(monitorPort)
                .append('\n');
        if (jetStream) {
            text.append("jetstream { store_dir: '")
                    .append(home.resolve("store"))
                    .append("' }\n");
        }
        if (clustered()) {
            text.append("cluster {\n").append(cluster).append("}\n");
        }
        return text.append(extraText).append('\n').toString();
    }
}
