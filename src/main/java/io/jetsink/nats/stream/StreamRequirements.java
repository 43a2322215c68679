package io.jetsink.nats.stream;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.MessageSettings;
import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.PublishSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import io.nats.client.api.ServerInfo;
import io.nats.client.support.NatsKeyValueUtil;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The requirements of a configuration for its server and stream. Preflight checks all of them. A strategy checks those of its
 * own feature in each epoch, with {@code preflight=off} too. {@link StreamTable} has the requirements.
 *
 * @param keys the features in use, each with the key at which its problems are reported
 * @param bucket filter for the keys of the bucket, empty for a stream
 * @param subjects filters that together cover all subjects that records can have
 * @param markers filter for the offset markers, empty without {@code exactly-once}
 * @param markerBytes size of the largest marker
 */
public record StreamRequirements(
        Map<StreamFeature, String> keys, String bucket, List<String> subjects, String markers, long markerBytes) {
    /** The problem of subjects that belong to several streams where one stream is needed. */
    public static final String SEVERAL_STREAMS = "the subjects match more than one stream: set jetstream.stream";

    /** Returns the requirements of one feature, for any configuration. */
    public static StreamRequirements of(StreamFeature feature) {
        return new StreamRequirements(Map.of(feature, ""), "", List.of(), "", 0);
    }

    /** Returns the requirements of {@code exactly-once}, for any configuration. */
    public static StreamRequirements ofMarkers(String markers, long markerBytes) {
        return new StreamRequirements(Map.of(StreamFeature.EXACTLY_ONCE, ""), "", List.of(), markers, markerBytes);
    }

    /**
     * Returns all requirements of a configuration.
     *
     * @param exactlyOnce the requirements of {@code exactly-once}, or null for another guarantee
     */
    public static StreamRequirements of(
            SinkConfig config, List<String> subjects, @Nullable StreamRequirements exactlyOnce) {
        MessageSettings message = config.translation().message();
        PublishSettings publish = config.publish();
        BucketSettings bucket = config.bucket();
        boolean acked = publish.guarantee() != DeliveryGuarantee.BEST_EFFORT;
        boolean events = acked && bucket == null;
        boolean acks = publish.guarantee() == DeliveryGuarantee.AT_LEAST_ONCE;
        String target = bucket == null ? JetStreamSettings.STREAM_CONFIG : BucketSettings.BUCKET_CONFIG;
        String ttl = message.ttl() == null ? MessageSettings.TTL_HEADER_CONFIG : MessageSettings.TTL_CONFIG;
        Map<StreamFeature, String> keys = new EnumMap<>(StreamFeature.class);
        keys.put(StreamFeature.TARGET, acked || bucket != null ? target : "");
        keys.put(StreamFeature.BUCKET, bucket != null ? target : "");
        keys.put(StreamFeature.PURGE, message.tombstones() == TombstonePolicy.PURGE ? target : "");
        keys.put(StreamFeature.ACKS, acks ? PublishSettings.GUARANTEE_CONFIG : "");
        keys.put(StreamFeature.EXACTLY_ONCE, exactlyOnce != null ? PublishSettings.GUARANTEE_CONFIG : "");
        keys.put(StreamFeature.FAST, acks && publish.mode() == PublishMode.FAST ? PublishSettings.MODE_CONFIG : "");
        keys.put(StreamFeature.TTL, message.usesTtl() ? ttl : "");
        keys.put(StreamFeature.STORAGE, acked ? target : "");
        keys.put(StreamFeature.EVENTS, events ? target : "");
        keys.put(StreamFeature.MESSAGE_IDS, events && message.identifies() ? target : "");
        keys.put(StreamFeature.SUBJECT_IDS, acked && message.identifiesBySubject() ? target : "");
        keys.values().removeIf(String::isEmpty);
        return new StreamRequirements(
                keys,
                bucket == null ? "" : KvBucket.prefix(bucket.name()) + ">",
                subjects,
                exactlyOnce == null ? "" : exactlyOnce.markers,
                exactlyOnce == null ? 0 : exactlyOnce.markerBytes);
    }

    /**
     * Returns everything of server and stream that prevents publishing, or null if nothing does.
     *
     * @param stream null if it is not known: then only the server is checked
     */
    public @Nullable Problem problem(@Nullable TargetStream stream, ServerInfo server) {
        List<String> problems = new ArrayList<>();
        Map<StreamFeature, String> supported = new EnumMap<>(StreamFeature.class);
        keys.forEach((feature, key) -> {
            // A stream that allows TTLs is proof enough: its leader may be newer than the server of the connection.
            boolean proven = feature == StreamFeature.TTL && stream != null && stream.allowsTtl();
            String old = proven ? null : feature.problem(server);
            if (old == null) {
                supported.put(feature, key);
            } else {
                problems.add(old);
            }
        });
        boolean old = !problems.isEmpty();
        String problem = stream == null ? null : with(supported).problem(stream);
        if (problem != null) {
            problems.add(problem);
        }
        if (problems.isEmpty()) {
            return null;
        }
        return new Problem(
                old ? ErrorCode.SERVER_TOO_OLD : ErrorCode.STREAM_UNSUITABLE, String.join("; and ", problems));
    }

    /** Returns everything of the stream that prevents publishing, with one command that fixes it, or null. */
    public @Nullable String problem(TargetStream stream) {
        List<StreamTable.Unmet> unmet = unmet(stream, false, true);
        return unmet.isEmpty() ? null : text(stream, unmet);
    }

    /** Returns the failure of a stream that prevents publishing, or null. */
    public @Nullable MisconfiguredException failure(TargetStream stream) {
        String problem = problem(stream);
        if (problem == null) {
            return null;
        }
        boolean flags = unmet(stream, false, true).stream().allMatch(row -> StreamTable.FLAGS.contains(row.fix()));
        return flags
                ? new MissingFlagException(problem)
                : new MisconfiguredException(ErrorCode.STREAM_UNSUITABLE, problem);
    }

    /** Returns the same for each key of the configuration that has a problem. */
    public Map<String, Problem> problems(@Nullable TargetStream stream, ServerInfo server) {
        Map<String, Problem> problems = new LinkedHashMap<>();
        for (String key : keys.values()) {
            Map<StreamFeature, String> ofKey = new EnumMap<>(keys);
            ofKey.values().removeIf(other -> !other.equals(key));
            Problem problem = with(ofKey).problem(stream, server);
            if (problem != null) {
                problems.put(key, problem);
            }
        }
        return problems;
    }

    /** Returns a line for everything that weakens the guarantee, with its fix. */
    public List<String> warnings(TargetStream stream, ServerInfo server) {
        return unmet(stream, server.getCluster() != null, false).stream()
                .map(risk -> text(stream, List.of(risk)))
                .toList();
    }

    private StreamRequirements with(Map<StreamFeature, String> some) {
        return new StreamRequirements(some, bucket, subjects, markers, markerBytes);
    }

    private List<StreamTable.Unmet> unmet(TargetStream stream, boolean clustered, boolean fatal) {
        return new StreamTable(keys.keySet(), bucket, subjects, markers, markerBytes)
                .unmet(stream, clustered).stream()
                        .filter(row -> row.fatal() == fatal)
                        .toList();
    }

    private String text(TargetStream stream, List<StreamTable.Unmet> unmet) {
        String settings = keys.keySet().stream()
                .filter(feature -> unmet.stream().anyMatch(row -> row.features().contains(feature)))
                .map(StreamFeature::setting)
                .filter(setting -> !setting.isEmpty())
                .collect(Collectors.joining(", "));
        return (settings.isEmpty() ? "" : settings + ": ") + "stream " + stream.name() + " "
                + unmet.stream().map(StreamTable.Unmet::problem).collect(Collectors.joining(", and ")) + ": "
                + fix(stream.name(), unmet.stream().map(StreamTable.Unmet::fix).toList());
    }

    private String fix(String stream, List<String> fixes) {
        if (fixes.contains(StreamTable.OTHER)) {
            return stream.startsWith(NatsKeyValueUtil.KV_STREAM_PREFIX)
                    ? "set kv.bucket to another bucket, which kv.bucket.create=true can create"
                    : keys.containsKey(StreamFeature.OBJECTS)
                            ? "set oversize.bucket to another object store"
                            : "set jetstream.stream to another stream, which jetstream.stream.create=true can create";
        }
        String options =
                fixes.stream().filter(fix -> fix.startsWith("--")).distinct().collect(Collectors.joining(" "));
        return Stream.concat(
                        Stream.of(options).filter(any -> !any.isEmpty()).map(any -> edit(stream, any)),
                        fixes.stream().filter(fix -> !fix.startsWith("--")))
                .collect(Collectors.joining("; and "));
    }

    private static String edit(String stream, String options) {
        return "run nats stream edit " + stream + " " + options;
    }

    /** Returns the problem of a stream that has refused a marker for its size, with the command that fixes it. */
    public static String refusesMarkers(String stream) {
        return StreamFeature.EXACTLY_ONCE.problem("stream " + stream
                + " has refused an offset marker for its max_msg_size: " + edit(stream, StreamTable.ANY_SIZE));
    }
}
