package io.jetsink.publish;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.ConnectFailedException;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.MisconfiguredException;
import io.nats.client.JetStreamApiException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failed publish means. Pure: no logging, no state. */
public final class FailureTriage {
    /** What to do about a failure. */
    public enum Verdict {
        /** Nothing is wrong with the record: a new epoch sends it again. */
        RETRY,
        /** Stream, account or server is full or overloaded. The same, and people are told what makes room. */
        BACK_PRESSURE,
        /** This record can never be stored. */
        REJECT,
        /** Stream, permissions or server are not as they have to be. It may pass; see {@link MisconfigurationGrace}. */
        MISTAKE,
        /** Somebody else has written since. For exactly-once a matter of its markers; for others as {@link #RETRY}. */
        FENCED,
        /** The configuration is wrong: nothing will get better by waiting. */
        STOP
    }

    /**
     * JetStream's codes (nats-server errors.json, 2.9 to 2.15) that are about the message itself: its size, or a value in its
     * own headers. A code that a flag, a limit or the state of a stream or an account causes is never among them.
     */
    private static final Set<Integer> RECORD = Set.of(
            JetStreamErrorException
                    .MESSAGE_TOO_LARGE, // message size exceeds maximum allowed (max_msg_size, max_payload)
            10097, // header size exceeds maximum allowed of 64k
            10165, // invalid per-message TTL
            10170,
            10171, // values of the counter header
            10189,
            10190,
            10191,
            10192,
            10203,
            10212,
            10223, // values of the schedule headers
            10227); // message stream source header is not allowed

    private static final String EDIT = "nats stream edit <stream> ";

    /** Codes that are the configuration's, which a person has to change, and the change. */
    private static final Map<Integer, String> MISTAKES = Map.ofEntries(
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

    /** Out of room: account, server, memory, storage, stream. */
    private static final Set<Integer> FULL = Set.of(
            JetStreamErrorException.ACCOUNT_FULL,
            JetStreamErrorException.SERVER_FULL,
            10028,
            10047,
            JetStreamErrorException.STORE_FAILED);

    /** "wrong last msg ID", "wrong last sequence". */
    private static final Set<Integer> OVERTAKEN = Set.of(10070, JetStreamErrorException.WRONG_LAST_SEQUENCE);

    private static final String ROOM =
            "there is no room for more: raise the limits of the stream, the account or the server, or remove messages";

    /** "message too large", or as servers before 2.11 spell it. */
    private static final List<String> TOO_LARGE = List.of("message too large", "message to large");

    private static final String SUBJECT_FULL = "maximum messages per subject exceeded";
    private static final String SUBJECT_ROOM =
            "the stream keeps its messages per subject (discard_new_per_subject) and refuses further ones: set"
                    + " message.id=subject if a subject is stored once, or run " + EDIT + "--no-discard-per-subject";

    private static final String ROLLUP_DENIED = "not permitted";
    private static final String ROLLUP_CURE =
            "the stream has lost allow_rollup_hdrs, or has deny_purge: " + EDIT + "--allow-rollup";

    private FailureTriage() {}

    public static Verdict of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof RejectedRecordException) {
                return Verdict.REJECT;
            }
            if (cause instanceof UnrecoverableException) {
                return Verdict.STOP;
            }
            if (cause instanceof OutageException) {
                return Verdict.RETRY;
            }
            if (cause instanceof MisconfiguredException) {
                return Verdict.MISTAKE;
            }
            if (cause instanceof ConnectFailedException failed) {
                return ofConnecting(failed.reason());
            }
            if (cause instanceof JetStreamApiException refused) {
                return ofCode(refused.getApiErrorCode(), refused.getErrorDescription());
            }
            if (cause instanceof JetStreamErrorException refused) {
                return ofCode(refused.code(), refused.getMessage());
            }
        }
        return Verdict.RETRY;
    }

    private static Verdict ofConnecting(ConnectFailedException.Reason reason) {
        return switch (reason) {
            case LIBRARIES -> Verdict.STOP;
            case SETTINGS, AUTHORIZATION -> Verdict.MISTAKE;
            case BUSY -> Verdict.BACK_PRESSURE;
            case TLS, TIMEOUT, UNREACHABLE -> Verdict.RETRY;
        };
    }

    private static Verdict ofCode(int code, @Nullable String description) {
        String text = description == null ? "" : description;
        if (code == JetStreamErrorException.STORE_FAILED && TOO_LARGE.stream().anyMatch(text::contains)) {
            return Verdict.REJECT;
        }
        if (code == JetStreamErrorException.ROLLUP_FAILED) {
            return text.contains(ROLLUP_DENIED) ? Verdict.MISTAKE : Verdict.REJECT;
        }
        if (RECORD.contains(code)) {
            return Verdict.REJECT;
        }
        if (MISTAKES.containsKey(code)) {
            return Verdict.MISTAKE;
        }
        if (FULL.contains(code)) {
            return Verdict.BACK_PRESSURE;
        }
        return OVERTAKEN.contains(code) ? Verdict.FENCED : Verdict.RETRY;
    }

    /**
     * Returns whether a failure is the refusal of a further message by a stream with {@code discard_new_per_subject}
     * (nats-server 2.9 to 2.15: the text behind the code of a full stream).
     */
    static boolean isSubjectFull(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (code(cause) == JetStreamErrorException.STORE_FAILED) {
                return String.valueOf(cause.getMessage()).contains(SUBJECT_FULL);
            }
        }
        return false;
    }

    /** What people are told: {@link #reason}, and what to change, where the reason does not say so. */
    public static String told(Throwable failure) {
        String advice = "";
        for (Throwable cause = failure; cause != null && advice.isEmpty(); cause = next(cause)) {
            if (cause instanceof MisconfiguredException
                    || cause instanceof OutageException
                    || cause instanceof UnrecoverableException) {
                break;
            }
            advice = advice(code(cause), cause.getMessage());
        }
        return advice.isEmpty() ? reason(failure) : reason(failure) + ": " + advice;
    }

    private static String advice(int code, @Nullable String description) {
        return switch (ofCode(code, description)) {
            case MISTAKE ->
                code == JetStreamErrorException.ROLLUP_FAILED ? ROLLUP_CURE : MISTAKES.getOrDefault(code, "");
            case BACK_PRESSURE -> description != null && description.contains(SUBJECT_FULL) ? SUBJECT_ROOM : ROOM;
            default -> "";
        };
    }

    private static int code(Throwable cause) {
        if (cause instanceof JetStreamApiException refused) {
            return refused.getApiErrorCode();
        }
        return cause instanceof JetStreamErrorException refused ? refused.code() : 0;
    }

    /** What people are told: the outermost cause that says something of its own, and the innermost if it says more. */
    public static String reason(Throwable failure) {
        String said = "";
        String innermost = "";
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            // The message of an Error is at times no more than the name of a class.
            String message = cause instanceof Error ? cause.toString() : cause.getMessage();
            if (message != null && !repeatsItsCause(cause)) {
                said = said.isEmpty() ? message : said;
                innermost = message;
            }
        }
        if (said.isEmpty()) {
            return failure.getClass().getSimpleName();
        }
        return said.contains(innermost) ? said : said + ": " + innermost;
    }

    /** As the JDK's wrappers do. */
    private static boolean repeatsItsCause(Throwable wrapper) {
        Throwable cause = next(wrapper);
        return cause != null && cause.toString().equals(wrapper.getMessage());
    }

    private static @Nullable Throwable next(Throwable throwable) {
        Throwable cause = throwable.getCause();
        return cause == throwable ? null : cause;
    }
}
