package io.jetsink.publish;

import io.jetsink.nats.ConnectFailedException;
import io.jetsink.nats.NoStreamException;
import io.nats.client.JetStreamApiException;
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
        /** Stream, permissions or server are not as they have to be. It may pass; see {@link Patience}. */
        MISTAKE,
        /** Somebody else has written since. For exactly-once a matter of its markers; for others as {@link #RETRY}. */
        FENCED,
        /** The configuration is wrong: nothing will get better by waiting. */
        STOP
    }

    /** JetStream's codes (nats-server errors.json) that condemn the message itself. */
    private static final Set<Integer> RECORD = Set.of(
            10054, // message size exceeds maximum allowed
            10097, // header size exceeds maximum allowed of 64k
            10111, // rollup not permitted
            10165, // invalid per-message TTL
            10168, 10169, 10170, 10171, 10172, // counters
            10188, 10189, 10190, 10191, 10192, 10203, 10212, 10223, // schedules
            10227); // message stream source header is not allowed

    /** What JetStream says where a person has to change something, and what that is. */
    private static final Map<Integer, String> MISTAKES = Map.of(
            10039, "JetStream is not enabled for this account: change nats.auth.*, nats.servers or jetstream.domain",
            10059, "create the stream, set jetstream.stream.create=true, or correct jetstream.stream",
            10060, "another stream takes the subject: correct jetstream.stream, subject, or the streams' subjects",
            10076, "JetStream is not enabled: change nats.servers or jetstream.domain",
            10109, "the stream is sealed: name another one with jetstream.stream",
            10166, StreamRules.ttlCure("<stream>") + ", or leave message.ttl.ms and message.ttl.header out");

    /** Out of room: account, server, memory, storage, stream. */
    private static final Set<Integer> FULL = Set.of(10002, 10023, 10028, 10047, 10077);

    /** "wrong last msg ID", "wrong last sequence". */
    private static final Set<Integer> OVERTAKEN = Set.of(10070, 10071);

    private static final String ROOM =
            "there is no room for more: raise the limits of the stream, the account or the server, or remove messages";

    /** "message size exceeds maximum" behind the code of a full stream: the one place where the text decides. */
    private static final int STORE_FAILED = 10077;

    private FailureTriage() {}

    public static Verdict of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof RejectedRecordException) {
                return Verdict.REJECT;
            }
            if (cause instanceof DefiniteException) {
                return Verdict.STOP;
            }
            if (cause instanceof MistakeException || cause instanceof NoStreamException) {
                return Verdict.MISTAKE;
            }
            if (cause instanceof ConnectFailedException failed) {
                return ofConnecting(failed.reason());
            }
            if (cause instanceof JetStreamApiException refused) {
                return ofCode(refused.getApiErrorCode(), refused.getErrorDescription());
            }
            if (cause instanceof StreamErrorException refused) {
                return ofCode(refused.code(), refused.getMessage());
            }
        }
        return Verdict.RETRY;
    }

    private static Verdict ofConnecting(ConnectFailedException.Reason reason) {
        return switch (reason) {
            case SETTINGS, AUTHORIZATION -> Verdict.MISTAKE;
            case BUSY -> Verdict.BACK_PRESSURE;
            case TLS, TIMEOUT, UNREACHABLE -> Verdict.RETRY;
        };
    }

    private static Verdict ofCode(int code, @Nullable String description) {
        boolean condemned = RECORD.contains(code)
                || (code == STORE_FAILED && description != null && description.contains("message too large"));
        if (condemned) {
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

    /** What people are told: {@link #reason}, and what to change, where the reason does not say so. */
    public static String told(Throwable failure) {
        String advice = "";
        for (Throwable cause = failure; cause != null && advice.isEmpty(); cause = next(cause)) {
            if (cause instanceof MistakeException
                    || cause instanceof NoStreamException
                    || cause instanceof DefiniteException) {
                break;
            }
            advice = advice(code(cause), cause.getMessage());
        }
        return advice.isEmpty() ? reason(failure) : reason(failure) + ": " + advice;
    }

    private static String advice(int code, @Nullable String description) {
        return switch (ofCode(code, description)) {
            case MISTAKE -> MISTAKES.getOrDefault(code, "");
            case BACK_PRESSURE -> ROOM;
            default -> "";
        };
    }

    private static int code(Throwable cause) {
        if (cause instanceof JetStreamApiException refused) {
            return refused.getApiErrorCode();
        }
        return cause instanceof StreamErrorException refused ? refused.code() : 0;
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
