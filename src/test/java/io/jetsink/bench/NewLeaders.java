package io.jetsink.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Watches for the first answers of new leaders, on a connection to a server that lives. */
final class NewLeaders {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration ANSWER = Duration.ofMillis(250);

    private NewLeaders() {}

    /** Returns the time of the first answer that a new leader of each stream has sent. */
    static Map<String, Instant> await(NatsCluster cluster, NatsServer killed, Map<String, RecoveringStream> streams)
            throws IOException, InterruptedException {
        String[] living = cluster.servers().stream()
                .filter(server -> !server.equals(killed))
                .map(NatsServer::url)
                .toArray(String[]::new);
        Map<String, Instant> led = new HashMap<>();
        try (Connection connection =
                Nats.connect(new Options.Builder().servers(living).build())) {
            Map<String, CompletableFuture<Message>> requests = new HashMap<>();
            Awaitility.await("new leaders")
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .until(() -> {
                        streams.forEach((arm, stream) -> {
                            CompletableFuture<Message> request =
                                    requests.computeIfAbsent(arm, any -> request(connection, stream));
                            if (request.isDone() && !led.containsKey(arm)) {
                                requests.remove(arm);
                                if (isLed(request, killed.name())) {
                                    led.put(arm, Instant.now());
                                }
                            }
                        });
                        return led.size() == streams.size();
                    });
        }
        return led;
    }

    private static CompletableFuture<Message> request(Connection connection, RecoveringStream stream) {
        return connection
                .request("$JS.API.STREAM.INFO." + stream.name(), new byte[0])
                .orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static boolean isLed(CompletableFuture<Message> request, String former) {
        if (request.isCompletedExceptionally()) {
            return false;
        }
        try {
            JsonNode cluster =
                    new ObjectMapper().readTree(request.join().getData()).path("cluster");
            String leader = cluster.path("leader").asText("");
            return !leader.isEmpty() && !leader.equals(former);
        } catch (IOException e) {
            throw new IllegalStateException("The answer is no JSON", e);
        }
    }
}
