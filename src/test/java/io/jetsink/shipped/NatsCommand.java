package io.jetsink.shipped;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the NATS CLI that the documents contain, over a connection. Subcommands, options and their meaning are those
 * of its source of July 2026. A subcommand or option that is not here fails. The server of a test has neither replicas nor much
 * room, so it is asked for one replica and at most 1 MB.
 */
final class NatsCommand {
    private static final JsonMapper JSON = new JsonMapper();

    /** How the value of an option becomes one of the API. */
    private enum Kind {
        TEXT,
        NUMBER,
        LIST,
        DURATION,
        BYTES,
        REPLICAS,
        /** {@code --no-name} is allowed. */
        SWITCH,
        /** {@code --no-name} is not allowed. */
        FLAG,
        /** {@code no_ack} is the opposite of {@code --ack}. */
        OPPOSITE,
        /** An option of the program that does not reach the server. */
        LOCAL,
        LOCAL_FLAG
    }

    private record Option(Kind kind, String field) {}

    private static final Map<String, Option> STREAM = Map.ofEntries(
            Map.entry("subjects", new Option(Kind.LIST, "subjects")),
            Map.entry("description", new Option(Kind.TEXT, "description")),
            Map.entry("replicas", new Option(Kind.REPLICAS, "num_replicas")),
            Map.entry("ack", new Option(Kind.OPPOSITE, "no_ack")),
            Map.entry("retention", new Option(Kind.TEXT, "retention")),
            Map.entry("discard", new Option(Kind.TEXT, "discard")),
            Map.entry("discard-per-subject", new Option(Kind.SWITCH, "discard_new_per_subject")),
            Map.entry("max-age", new Option(Kind.DURATION, "max_age")),
            Map.entry("max-bytes", new Option(Kind.BYTES, "max_bytes")),
            Map.entry("max-msgs", new Option(Kind.NUMBER, "max_msgs")),
            Map.entry("max-msgs-per-subject", new Option(Kind.NUMBER, "max_msgs_per_subject")),
            Map.entry("max-msg-size", new Option(Kind.BYTES, "max_msg_size")),
            Map.entry("dupe-window", new Option(Kind.DURATION, "duplicate_window")),
            Map.entry("allow-batch", new Option(Kind.SWITCH, "allow_atomic")),
            Map.entry("allow-fast", new Option(Kind.SWITCH, "allow_batched")),
            Map.entry("allow-rollup", new Option(Kind.SWITCH, "allow_rollup_hdrs")),
            Map.entry("allow-direct", new Option(Kind.SWITCH, "allow_direct")),
            Map.entry("allow-schedules", new Option(Kind.SWITCH, "allow_msg_schedules")),
            Map.entry("allow-msg-ttl", new Option(Kind.FLAG, "allow_msg_ttl")),
            Map.entry("deny-delete", new Option(Kind.SWITCH, "deny_delete")),
            Map.entry("deny-purge", new Option(Kind.SWITCH, "deny_purge")),
            Map.entry("json", new Option(Kind.LOCAL_FLAG, "")));
    private static final Map<String, Option> BUCKET = Map.of(
            "history", new Option(Kind.NUMBER, "max_msgs_per_subject"),
            "ttl", new Option(Kind.DURATION, "max_age"),
            "replicas", new Option(Kind.REPLICAS, "num_replicas"),
            "storage", new Option(Kind.TEXT, "storage"),
            "max-bucket-size", new Option(Kind.BYTES, "max_bytes"));
    private static final Map<String, Option> OBJECTS = Map.of(
            "ttl", new Option(Kind.DURATION, "max_age"),
            "replicas", new Option(Kind.REPLICAS, "num_replicas"),
            "storage", new Option(Kind.TEXT, "storage"),
            "max-bucket-size", new Option(Kind.BYTES, "max_bytes"));
    private static final Option LOCAL = new Option(Kind.LOCAL, "");
    private static final Option LOCAL_FLAG = new Option(Kind.LOCAL_FLAG, "");

    private static final Map<String, Map<String, Option>> OPTIONS = new TreeMap<>(Map.ofEntries(
            Map.entry(
                    "stream add",
                    with(
                            STREAM,
                            Map.of(
                                    "storage",
                                    new Option(Kind.TEXT, "storage"),
                                    "defaults",
                                    LOCAL_FLAG,
                                    "config",
                                    LOCAL))),
            Map.entry("stream edit", with(STREAM, Map.of("force", LOCAL_FLAG, "config", LOCAL, "dry-run", LOCAL_FLAG))),
            Map.entry("stream info", Map.of("json", LOCAL_FLAG, "state", LOCAL_FLAG)),
            Map.entry("stream get", Map.of("last-for", LOCAL, "json", LOCAL_FLAG)),
            Map.entry("stream purge", Map.of("subject", LOCAL, "force", LOCAL_FLAG)),
            Map.entry("stream ls", Map.of("names", LOCAL_FLAG, "json", LOCAL_FLAG)),
            Map.entry("consumer add", Map.of("filter", LOCAL, "pull", LOCAL_FLAG, "defaults", LOCAL_FLAG)),
            Map.entry("kv add", BUCKET),
            Map.entry("kv get", Map.of("raw", LOCAL_FLAG, "revision", LOCAL)),
            Map.entry("kv history", Map.of()),
            Map.entry("kv watch", Map.of()),
            Map.entry("kv compact", Map.of("force", LOCAL_FLAG)),
            Map.entry("object add", OBJECTS),
            Map.entry("object get", Map.of("output", LOCAL, "force", LOCAL_FLAG)),
            Map.entry("server report jetstream", Map.of())));

    private final Connection connection;
    private final Path folder;
    private final String command;
    private final List<String> operands = new ArrayList<>();
    private final Map<String, String> options = new TreeMap<>();

    /**
     * Reads a command line.
     *
     * @param folder the working folder, for files
     */
    private NatsCommand(Connection connection, Path folder, List<String> words) {
        this.connection = connection;
        this.folder = folder;
        this.command = command(words);
        Map<String, Option> known = known();
        List<String> rest = words.subList(command.split(" ").length, words.size());
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i);
            if (!word.startsWith("-")) {
                operands.add(word);
                continue;
            }
            String[] parts = word.substring(2).split("=", 2);
            boolean negated = parts[0].startsWith("no-") && !known.containsKey(parts[0]);
            String name = negated ? parts[0].substring(3) : parts[0];
            Option option = known.get(name);
            if (!word.startsWith("--") || option == null || (negated && !isSwitch(option))) {
                throw new IllegalArgumentException("unknown long flag '" + word + "' of nats " + command);
            }
            if (isSwitch(option) || option.kind == Kind.FLAG || option.kind == Kind.LOCAL_FLAG) {
                if (parts.length > 1) {
                    throw new IllegalArgumentException(word + " of nats " + command + " has no value");
                }
                options.put(name, Boolean.toString(!negated));
            } else if (parts.length > 1) {
                options.put(name, parts[1]);
            } else {
                i++;
                if (i == rest.size()) {
                    throw new IllegalArgumentException(word + " of nats " + command + " requires a value");
                }
                options.put(name, rest.get(i));
            }
        }
    }

    private static Map<String, Option> with(Map<String, Option> options, Map<String, Option> more) {
        Map<String, Option> all = new TreeMap<>(options);
        all.putAll(more);
        return all;
    }

    private static boolean isSwitch(Option option) {
        return option.kind == Kind.SWITCH || option.kind == Kind.OPPOSITE;
    }

    private Map<String, Option> known() {
        Map<String, Option> known = OPTIONS.get(command);
        if (known == null) {
            throw new IllegalArgumentException("expected command but got " + command);
        }
        return known;
    }

    private static String command(List<String> words) {
        return OPTIONS.keySet().stream()
                .filter(each -> String.join(" ", words).matches(each + "( .*)?"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nats has no command " + String.join(" ", words)));
    }

    /** Whether the words are a subcommand without operands, as a sentence names it. */
    static boolean names(List<String> words) {
        return OPTIONS.containsKey(String.join(" ", words));
    }

    /** Runs a command and returns its output. */
    static String run(Connection connection, Path folder, List<String> words) throws Exception {
        return new NatsCommand(connection, folder, words).run();
    }

    private String run() throws Exception {
        return switch (command) {
            case "stream add" -> addStream(operand(0, 1));
            case "stream edit" -> editStream(operand(0, 1));
            case "stream info" -> info(operand(0, 1)).toPrettyString();
            case "stream get" -> get(operand(0, 1));
            case "stream purge" ->
                request(
                                "STREAM.PURGE." + operand(0, 1),
                                options.containsKey("subject")
                                        ? JSON.createObjectNode().put("filter", options.get("subject"))
                                        : null)
                        .toPrettyString();
            case "stream ls" ->
                String.join("\n", connection.jetStreamManagement().getStreamNames());
            case "consumer add" -> addConsumer(operand(0, 2), operand(1, 2));
            case "kv add" -> create("KV_" + operand(0, 1), "$KV." + operand(0, 1) + ".>", BUCKET);
            case "kv get" -> value(bucket(operand(0, 2)), operand(1, 2));
            case "kv history" -> bucket(operand(0, 2)).history(operand(1, 2)).toString();
            case "kv watch" -> bucket(operand(0, 2)).keys(operand(1, 2)).toString();
            case "kv compact" -> compact(bucket(operand(0, 1)));
            case "object add" -> create("OBJ_" + operand(0, 1), "$O." + operand(0, 1) + ".>", OBJECTS);
            case "object get" -> object(operand(0, 2), operand(1, 2));
            default -> throw new IllegalArgumentException("nats " + command + " requires a system account");
        };
    }

    private String operand(int index, int count) {
        if (operands.size() != count) {
            throw new IllegalArgumentException("nats " + command + " requires " + count + " operands: " + operands);
        }
        return operands.get(index);
    }

    private String addStream(String name) throws IOException, InterruptedException {
        ObjectNode config = JSON.createObjectNode();
        if (options.containsKey("config")) {
            config = (ObjectNode)
                    JSON.readTree(folder.resolve(options.get("config")).toFile());
        } else if (!options.containsKey("defaults") || !options.containsKey("subjects")) {
            throw new IllegalArgumentException("nats stream add prompts without --defaults and --subjects");
        }
        config.put("name", name).put("allow_direct", true);
        apply(config, known());
        return request("STREAM.CREATE." + name, config).toPrettyString();
    }

    private String editStream(String name) throws IOException, InterruptedException {
        ObjectNode config = (ObjectNode) info(name).path("config");
        if (options.containsKey("config")) {
            config = (ObjectNode)
                    JSON.readTree(folder.resolve(options.get("config")).toFile());
        }
        // The default of the option is applied, too.
        options.putIfAbsent("ack", "true");
        apply(config, known());
        if (options.containsKey("dry-run")) {
            return config.toPrettyString();
        }
        return request("STREAM.UPDATE." + name, config).toPrettyString();
    }

    private String create(String stream, String subjects, Map<String, Option> known)
            throws IOException, InterruptedException {
        ObjectNode config = JSON.createObjectNode()
                .put("name", stream)
                .put("allow_rollup_hdrs", true)
                .put("allow_direct", true)
                .put("deny_delete", stream.startsWith("KV_"))
                .put("discard", "new");
        if (stream.startsWith("KV_")) {
            config.put("max_msgs_per_subject", 1).putArray("subjects").add(subjects);
        } else {
            String bucket = stream.substring("OBJ_".length());
            config.putArray("subjects").add("$O." + bucket + ".C.>").add("$O." + bucket + ".M.>");
        }
        apply(config, known);
        return request("STREAM.CREATE." + stream, config).toPrettyString();
    }

    private void apply(ObjectNode config, Map<String, Option> known) {
        options.forEach((name, value) -> {
            Option option = known.get(name);
            if (option == null) {
                throw new IllegalArgumentException("nats " + command + " has no --" + name);
            }
            switch (option.kind) {
                case TEXT -> config.put(option.field, value.matches("workq?") ? "workqueue" : value);
                case NUMBER -> config.put(option.field, Long.parseLong(value));
                case LIST -> {
                    config.remove(option.field);
                    config.set(option.field, JSON.valueToTree(value.split(",", -1)));
                }
                case DURATION -> config.put(option.field, duration(value).toNanos());
                case BYTES -> config.put(option.field, Math.min(1 << 20, bytes(value)));
                case REPLICAS -> {
                    if (Integer.parseInt(value) > 5) {
                        throw new IllegalArgumentException("a stream has at most 5 replicas");
                    }
                    config.put(option.field, 1);
                    config.withObject("/metadata").put("replicas", value);
                }
                case SWITCH, FLAG -> config.put(option.field, Boolean.parseBoolean(value));
                case OPPOSITE -> config.put(option.field, !Boolean.parseBoolean(value));
                case LOCAL, LOCAL_FLAG -> {}
            }
        });
    }

    private static Duration duration(String value) {
        return value.endsWith("d")
                ? Duration.ofDays(Long.parseLong(value.substring(0, value.length() - 1)))
                : Duration.parse("PT" + value);
    }

    private static long bytes(String value) {
        String number = value.replaceAll("[KMGT]i?B?$", "");
        int power = number.length() == value.length() ? 0 : " KMGT".indexOf(value.charAt(number.length()));
        return Long.parseLong(number) << (10 * power);
    }

    private String get(String stream) throws IOException, JetStreamApiException {
        String subject = options.get("last-for");
        if (subject == null) {
            throw new IllegalArgumentException("nats stream get prompts without a sequence and without --last-for");
        }
        return connection.jetStreamManagement().getLastMessage(stream, subject).toString();
    }

    private String addConsumer(String stream, String name) throws IOException, InterruptedException {
        ObjectNode config = JSON.createObjectNode().put("durable_name", name).put("ack_policy", "explicit");
        String filter = options.get("filter");
        if (filter != null) {
            config.put("filter_subject", filter);
        }
        return request(
                        "CONSUMER.DURABLE.CREATE." + stream + "." + name,
                        JSON.createObjectNode().put("stream_name", stream).set("config", config))
                .toPrettyString();
    }

    private KeyValue bucket(String name) throws IOException {
        return connection.keyValue(name);
    }

    private static String value(KeyValue bucket, String key) throws IOException, JetStreamApiException {
        var entry = bucket.get(key);
        if (entry == null) {
            throw new IllegalArgumentException("key " + key + " not found");
        }
        return String.valueOf(entry.getValueAsString());
    }

    private static String compact(KeyValue bucket) throws IOException, JetStreamApiException, InterruptedException {
        bucket.purgeDeletes();
        return "";
    }

    private String object(String bucket, String name) throws Exception {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        connection.objectStore(bucket).get(name, content);
        String file = options.getOrDefault("output", name);
        Files.write(folder.resolve(file), content.toByteArray());
        return file;
    }

    private JsonNode info(String stream) throws IOException, InterruptedException {
        return request("STREAM.INFO." + stream, null);
    }

    private JsonNode request(String path, @Nullable JsonNode body) throws IOException, InterruptedException {
        byte[] bytes = body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        Message reply = connection.request("$JS.API." + path, bytes, Duration.ofSeconds(5));
        if (reply == null) {
            throw new IOException("no answer to " + path);
        }
        JsonNode answer = JSON.readTree(reply.getData());
        if (answer.has("error")) {
            throw new IllegalArgumentException(answer.at("/error/description").asText());
        }
        return answer;
    }
}
