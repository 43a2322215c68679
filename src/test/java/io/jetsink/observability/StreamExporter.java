package io.jetsink.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.nats.NatsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Exports the streams of real servers, from their {@code /jsz}, with the names and labels of prometheus-nats-exporter 0.17,
 * which no package repository of the build has.
 */
final class StreamExporter implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NatsPort port = NatsPort.reserve();
    private final NatsCluster cluster;
    private final HttpServer server;

    StreamExporter(NatsCluster cluster) throws IOException {
        this.cluster = cluster;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number()), 0);
        server.createContext("/metrics", this::answer);
        server.start();
    }

    int port() {
        return port.number();
    }

    private void answer(HttpExchange exchange) throws IOException {
        StringBuilder text = new StringBuilder();
        for (NatsServer each : cluster.servers()) {
            if (each.isAlive()) {
                append(text, each);
            }
        }
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void append(StringBuilder text, NatsServer server) throws IOException {
        JsonNode streams = JSON.readTree(server.monitor("/jsz?streams=true&config=true"));
        for (JsonNode account : streams.path("account_details")) {
            for (JsonNode stream : account.path("stream_detail")) {
                boolean leads = stream.at("/cluster/leader").asText().equals(server.name());
                String labels = "{server_name=\"" + server.name() + "\",stream_name=\""
                        + stream.path("name").asText() + "\",is_stream_leader=\"" + leads + "\"} ";
                for (List<String> metric : List.of(
                        List.of("last_seq", "/state/last_seq"),
                        List.of("total_bytes", "/state/bytes"),
                        List.of("total_messages", "/state/messages"),
                        List.of("limit_bytes", "/config/max_bytes"),
                        List.of("limit_messages", "/config/max_msgs"))) {
                    text.append("jetstream_stream_" + metric.get(0) + labels
                            + stream.at(metric.get(1)).asLong() + "\n");
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        port.close();
    }
}
