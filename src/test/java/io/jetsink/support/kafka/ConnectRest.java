package io.jetsink.support.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Drives Kafka Connect through its REST, as an operator does. An answer of 409, which a worker gives while its group is
 * being rebalanced, is asked again; any other error is a {@link RestException}.
 */
public final class ConnectRest {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(50);
    private static final Duration REBALANCE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STATE_TIMEOUT = Duration.ofSeconds(60);
    /** A misconfiguration has to last for 60 s before a task fails, and attempts are up to 10 s apart. */
    private static final Duration FAILURE_TIMEOUT = Duration.ofSeconds(120);

    private static final int CONFLICT = 409;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode CONFLICTING = JSON.createObjectNode();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Supplier<URI> base;

    ConnectRest(Supplier<URI> base) {
        this.base = base;
    }

    /** Returns the REST of a worker that another program has started. */
    public static ConnectRest at(String url) {
        return new ConnectRest(() -> URI.create(url));
    }

    public URI url() {
        return base.get();
    }

    public List<String> connectors() {
        return JSON.convertValue(get("/connectors"), new TypeReference<>() {});
    }

    /** Creates a connector, or changes the configuration of the one that bears this name. */
    public void create(String name, Map<String, String> config) {
        call("PUT", connector(name) + "/config", config);
    }

    /** Creates a connector that is stopped, so that its offsets can be set before it runs. */
    public void createStopped(String name, Map<String, String> config) {
        call("POST", "/connectors", Map.of("name", name, "config", config, "initial_state", "STOPPED"));
    }

    public void delete(String name) {
        call("DELETE", connector(name), null);
    }

    public void pause(String name) {
        call("PUT", connector(name) + "/pause", null);
        awaitState(name, "PAUSED");
    }

    public void resume(String name) {
        call("PUT", connector(name) + "/resume", null);
    }

    /** Stops the connector and waits until its tasks are gone: only then can its offsets be altered. */
    public void stop(String name) {
        call("PUT", connector(name) + "/stop", null);
        await(
                name,
                "stopped",
                status -> status.state().equals("STOPPED") && status.tasks().isEmpty());
    }

    /** Restarts the connector and all of its tasks. */
    public void restart(String name) {
        call("POST", connector(name) + "/restart?includeTasks=true&onlyFailed=false", null);
    }

    /** Restarts one task. */
    public void restartTask(String name, int task) {
        call("POST", connector(name) + "/tasks/" + task + "/restart", null);
    }

    /** A connector just created has no status yet, UNKNOWN here: workers write it to a topic, and read it back from there. */
    public ConnectStatus status(String name) {
        JsonNode answer;
        try {
            answer = get(connector(name) + "/status");
        } catch (RestException e) {
            if (e.status() == 404) {
                return new ConnectStatus("UNKNOWN", "", List.of());
            }
            throw e;
        }
        List<ConnectStatus.Task> tasks = new ArrayList<>();
        for (JsonNode task : answer.path("tasks")) {
            tasks.add(new ConnectStatus.Task(
                    task.path("id").asInt(), text(task, "state"), text(task, "worker_id"), text(task, "trace")));
        }
        JsonNode connector = answer.path("connector");
        return new ConnectStatus(text(connector, "state"), text(connector, "trace"), tasks);
    }

    /**
     * Waits until the connector and exactly so many tasks run; a failed one of these ends the wait with its stack trace.
     * Tasks beyond them are on their way out: when tasks.max is lowered, Connect 4 may start such a task once more during
     * the rebalance and fail it with TooManyTasksException before it takes it away.
     */
    public void awaitRunning(String name, int tasks) {
        await(name, "running with " + tasks + " tasks", status -> {
            if (status.failed(tasks)) {
                throw new IllegalStateException("Connector " + name + " failed: " + status);
            }
            return status.running(tasks);
        });
    }

    /** Waits until the connector or one of its tasks failed, and returns the status that tells why. */
    public ConnectStatus awaitFailed(String name) {
        return await(name, "failed", FAILURE_TIMEOUT, ConnectStatus::failed);
    }

    public void awaitState(String name, String state) {
        await(
                name,
                state,
                status -> status.state().equals(state)
                        && status.tasks().stream().allMatch(task -> task.state().equals(state)));
    }

    /** The configurations of the tasks, in the order of their ids. */
    public List<Map<String, String>> tasks(String name) {
        List<Map<String, String>> configs = new ArrayList<>();
        for (JsonNode task : get(connector(name) + "/tasks")) {
            configs.add(JSON.convertValue(task.path("config"), new TypeReference<>() {}));
        }
        return configs;
    }

    /** The committed offsets of a sink connector. */
    public Map<TopicPartition, Long> offsets(String name) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (JsonNode entry : get(connector(name) + "/offsets").path("offsets")) {
            JsonNode partition = entry.path("partition");
            offsets.put(
                    new TopicPartition(
                            text(partition, "kafka_topic"),
                            partition.path("kafka_partition").asInt()),
                    entry.path("offset").path("kafka_offset").asLong());
        }
        return offsets;
    }

    /** Alters the offsets of a stopped sink connector. */
    public void alterOffsets(String name, Map<TopicPartition, Long> offsets) {
        List<Map<String, Object>> entries = new ArrayList<>();
        offsets.forEach((partition, offset) -> entries.add(Map.of(
                "partition", Map.of("kafka_topic", partition.topic(), "kafka_partition", partition.partition()),
                "offset", Map.of("kafka_offset", offset))));
        call("PATCH", connector(name) + "/offsets", Map.of("offsets", entries));
    }

    /** The same with a body that somebody else has made. */
    public void alterOffsets(String name, String json) {
        try {
            call("PATCH", connector(name) + "/offsets", JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + json, e);
        }
    }

    /** Forgets the offsets of a stopped connector. */
    public void resetOffsets(String name) {
        call("DELETE", connector(name) + "/offsets", null);
    }

    public ConnectValidation validate(String connectorClass, Map<String, String> config) {
        Map<String, String> body = new HashMap<>(config);
        body.put("connector.class", connectorClass);
        JsonNode answer = call("PUT", "/connector-plugins/" + connectorClass + "/config/validate", body);
        Map<String, List<String>> errors = new HashMap<>();
        for (JsonNode entry : answer.path("configs")) {
            JsonNode value = entry.path("value");
            if (!value.path("errors").isEmpty()) {
                errors.put(text(value, "name"), JSON.convertValue(value.path("errors"), new TypeReference<>() {}));
            }
        }
        return new ConnectValidation(answer.path("error_count").asInt(), errors, answer);
    }

    /** All plugins of the worker, converters and transformations too: class name to version. */
    public Map<String, String> plugins() {
        Map<String, String> plugins = new HashMap<>();
        for (JsonNode plugin : get("/connector-plugins?connectorsOnly=false")) {
            plugins.put(text(plugin, "class"), text(plugin, "version"));
        }
        return plugins;
    }

    /** Any other GET. */
    public JsonNode get(String path) {
        return call("GET", path, null);
    }

    private ConnectStatus await(String name, String what, Predicate<ConnectStatus> condition) {
        return await(name, what, STATE_TIMEOUT, condition);
    }

    private ConnectStatus await(String name, String what, Duration atMost, Predicate<ConnectStatus> condition) {
        try {
            return Awaitility.await()
                    .atMost(atMost)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> status(name), condition);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    "Connector " + name + " is not " + what + " after " + atMost + ": " + status(name), e);
        }
    }

    private JsonNode call(String method, String path, @Nullable Object body) {
        try {
            return Awaitility.await()
                    .atMost(REBALANCE_TIMEOUT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> callOnce(method, path, body), answer -> answer != CONFLICTING);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    method + " " + path + " got no other answer than 409 for " + REBALANCE_TIMEOUT
                            + ": the group of workers did not come to rest",
                    e);
        }
    }

    private JsonNode callOnce(String method, String path, @Nullable Object body) {
        try {
            HttpResponse<String> response =
                    http.send(request(method, path, body), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == CONFLICT) {
                return CONFLICTING;
            }
            if (response.statusCode() >= 300) {
                throw new RestException(method + " " + path, response.statusCode(), response.body());
            }
            return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted in " + method + " " + path, e);
        }
    }

    private HttpRequest request(String method, String path, @Nullable Object body) throws JsonProcessingException {
        HttpRequest.BodyPublisher publisher = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
        return HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json")
                .method(method, publisher)
                .build();
    }

    private static String connector(String name) {
        return "/connectors/" + name;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }
}
