package io.jetsink.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Others on the records' subjects: services that answer, subscribers that do not keep up. */
final class StrangerFaults {
    private static final Duration WHILE = Duration.ofSeconds(15);
    /** Pending data of a subscriber beyond which the server holds publishers back, and then cuts the subscriber off. */
    private static final String IMPATIENT = "max_pending: 16MB\nwrite_deadline: \"60s\"\n";

    private StrangerFaults() {}

    static List<Scenario> scenarios() {
        return Stream.of(
                        responder("ok", false),
                        responder("{\"error\":\"no stock\"}", false),
                        responder("ok", true),
                        Scenario.of(
                                        56,
                                        "a subscriber of the same subjects takes 1 Mbit/s",
                                        TaskScene.of(StrangerFaults::subscribeSlowly)
                                                .server(NatsServer.builder().config(AccessFaults.GRANTED + IMPATIENT))
                                                .load(load -> load.valueBytes(1_000))
                                                .calm(Calm.QUIET))
                                .andBestEffort())
                .toList();
    }

    private static Scenario responder(String answer, boolean replicated) {
        TaskScene scene = TaskScene.of(site -> {
                    List<Connection> services = new ArrayList<>();
                    for (TaskLane lane : site.lanes()) {
                        services.add(respond(site, lane, answer));
                    }
                    site.hold(WHILE);
                    site.awaitFlow();
                    for (Connection service : services) {
                        service.close();
                    }
                })
                .calm(Calm.QUIET.warnings(8));
        return Scenario.of(
                        45,
                        "a service replies " + answer + (replicated ? ", three replicas" : ""),
                        replicated ? scene.replicated() : scene)
                .andBestEffort();
    }

    private static Connection respond(TaskSite site, TaskLane lane, String answer) throws Exception {
        Connection service = site.servers().connect();
        service.createDispatcher(message -> {
                    if (message.getReplyTo() != null) {
                        service.publish(message.getReplyTo(), answer.getBytes(US_ASCII));
                    }
                })
                .subscribe(lane.name() + ".0");
        service.flush(Duration.ofSeconds(5));
        return service;
    }

    private static void subscribeSlowly(TaskSite site) throws Exception {
        try (FaultProxy thin = FaultProxy.to(site.nats())) {
            thin.room(64 << 10);
            thin.throttle(125_000);
            try (Connection subscriber = Nats.connect(Options.builder()
                    .server(thin.url())
                    .userInfo("admin", "admin")
                    .maxReconnects(-1)
                    .build())) {
                subscriber
                        .createDispatcher(message -> assertRecord(message.getData()))
                        .subscribe("*.0");
                site.hold(Duration.ofSeconds(30));
                JsonNode server = new ObjectMapper().readTree(site.nats().monitor("/varz"));
                if (server.path("stalled_clients").asLong() == 0
                        && server.path("slow_consumers").asLong() == 0) {
                    site.lanes().forEach(lane -> lane.problem("the subscriber has held nobody back"));
                }
            }
        }
    }

    private static void assertRecord(byte[] value) {
        if (value.length == 0) {
            throw new IllegalStateException("a record without a value");
        }
    }
}
