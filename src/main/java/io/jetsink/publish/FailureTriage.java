package io.jetsink.publish;

import io.nats.client.JetStreamApiException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failed publish means. Pure: no logging, no state. */
public final class FailureTriage {
    /** What to do about a failure. */
    public enum Verdict {
        /** Nothing is wrong with the record: a new epoch sends it again. */
        RETRY,
        /** This record can never be stored. */
        REJECT,
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

    /** "per-message TTL is disabled": no record asks for one, the configuration does. */
    private static final int TTL_DISABLED = 10166;

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
            int code = code(cause);
            if (code != 0) {
                return ofCode(code, cause.getMessage());
            }
        }
        return Verdict.RETRY;
    }

    /** JetStream's, 0 if it is none. */
    private static int code(Throwable cause) {
        if (cause instanceof JetStreamApiException refused) {
            return refused.getApiErrorCode();
        }
        return cause instanceof StreamErrorException refused ? refused.code() : 0;
    }

    private static Verdict ofCode(int code, @Nullable String description) {
        if (code == TTL_DISABLED) {
            return Verdict.STOP;
        }
        boolean condemned = RECORD.contains(code)
                || (code == STORE_FAILED && description != null && description.contains("message too large"));
        return condemned ? Verdict.REJECT : Verdict.RETRY;
    }

    /** What people are told: the outermost cause that says something of its own, and the innermost if it says more. */
    public static String reason(Throwable failure) {
        String said = "";
        String innermost = "";
        String cure = "";
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (code(cause) == TTL_DISABLED) {
                cure = " (message.ttl.ms, message.ttl.header): " + TtlStream.cure("<stream>");
            }
            String message = cause.getMessage();
            if (message != null && !repeatsItsCause(cause)) {
                said = said.isEmpty() ? message : said;
                innermost = message;
            }
        }
        if (said.isEmpty()) {
            return failure.getClass().getSimpleName();
        }
        return (said.contains(innermost) ? said : said + ": " + innermost) + cure;
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
