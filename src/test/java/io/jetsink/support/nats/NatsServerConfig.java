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
    boolean clustered() {
        return !cluster.isEmpty();
    }

    String text(String serverName, int port, int monitorPort, Path home, String extraText) {
        return "server_name: " + serverName + "\nhost: 127.0.0.1\nport: " + port + "\nhttp: 127.0.0.1:" + monitorPort
                + "\n" + (jetStream ? "jetstream { store_dir: '" + home.resolve("store") + "' }\n" : "")
                + (clustered() ? "cluster {\n" + cluster + "}\n" : "") + extraText + "\n";
    }
}
