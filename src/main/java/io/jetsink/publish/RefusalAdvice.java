package io.jetsink.publish;

import io.jetsink.nats.stream.JetStreamErrorException;
import java.util.Map;
import java.util.Set;

/** What to change after a refusal, by JetStream's codes (nats-server errors.json, 2.9 to 2.15). Stateless. */
final class RefusalAdvice {
    private static final String EDIT = "nats stream edit <stream> ";

    /** Text of the refusal of a further message for a subject (nats-server 2.9 to 2.15). */
    static final String SUBJECT_FULL = "maximum messages per subject exceeded";

    private static final String SUBJECT_ROOM =
            "the stream keeps its messages per subject (discard_new_per_subject) and refuses further ones: set"
                    + " message.id=subject if a subject is stored once, or run " + EDIT + "--no-discard-per-subject";

    /** Codes of misconfigurations, each with what to change. */
    private static final Map<Integer, String> MISCONFIGURATIONS = Map.ofEntries(
            Map.entry(
                    10039,
                    "JetStream is not enabled for this account: change nats.auth.*, nats.servers or jetstream.domain"),
            Map.entry(
                    JetStreamErrorException.STREAM_NOT_FOUND,
                    "create the stream, set jetstream.stream.create=true, or correct jetstream.stream"),
            Map.entry(
                    JetStreamErrorException.OTHER_STREAM,
                    "another stream captures the subject: correct jetstream.stream, subject, or the streams' subjects"),
            Map.entry(10076, "JetStream is not enabled: change nats.servers or jetstream.domain"),
            Map.entry(10109, "the stream is sealed: name another one with jetstream.stream"),
            Map.entry(
                    10120,
                    "the account has no JetStream limits for the stream's number of replicas: change the account's"
                            + " limits, or the stream's replicas"),
            Map.entry(10166, EDIT + "--allow-msg-ttl, or leave message.ttl.ms and message.ttl.header out"),
            Map.entry(10168, "the stream does not allow counters: name another one with jetstream.stream"),
            Map.entry(
                    10169,
                    "the stream has allow_msg_counter, which cannot be changed: name another one with"
                            + " jetstream.stream"),
            Map.entry(
                    10172,
                    "the last message of the subject is no counter: remove it, or name another stream with"
                            + " jetstream.stream"),
            Map.entry(10174, "the stream has lost allow_atomic: " + EDIT + "--allow-batch"),
            Map.entry(10188, "the stream does not allow message schedules: " + EDIT + "--allow-schedules"),
            Map.entry(
                    JetStreamErrorException.BATCH_DISABLED,
                    "the stream has lost allow_batched: " + EDIT + "--allow-fast, or set publish.mode=async"));

    private static final String ROOM =
            "there is no room for more: raise the limits of the stream, the account or the server, or remove messages";

    private static final String ROLLUP_CURE =
            "the stream has lost allow_rollup_hdrs, or has deny_purge: " + EDIT + "--allow-rollup";

    private RefusalAdvice() {}

    /** The codes of misconfigurations. */
    static Set<Integer> misconfigurations() {
        return MISCONFIGURATIONS.keySet();
    }

    /** Returns what to change; empty if it is not known. */
    static String ofMisconfiguration(int code) {
        return code == JetStreamErrorException.ROLLUP_FAILED ? ROLLUP_CURE : MISCONFIGURATIONS.getOrDefault(code, "");
    }

    /** Returns how to make room. */
    static String ofBackPressure(String description) {
        return description.contains(SUBJECT_FULL) ? SUBJECT_ROOM : ROOM;
    }
}
