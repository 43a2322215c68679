package io.jetsink.publish;

import io.jetsink.message.Coded;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.ErrorCode.Counted;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.nats.ConnectFailedException;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.MissingFlagException;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Decides what a failure means and how it is described. Stateless; logs nothing. */
public final class FailureTriage {
    public enum Verdict {
        /** The record is not at fault: the next epoch publishes it again. */
        RETRY,
        /** Stream, account or server is full or overloaded. Handled as {@link #RETRY}; the log shows what makes room. */
        BACK_PRESSURE,
        /** The record can never be stored. */
        REJECT,
        /** Stream, permissions or server are misconfigured, perhaps not for long: see {@link MisconfigurationGrace}. */
        MISCONFIGURED,
        /** The configuration is wrong: retrying cannot help. */
        STOP
    }

    /**
     * JetStream's codes (nats-server errors.json, 2.9 to 2.15) that concern the message itself: its size, or a value in its
     * own headers. Codes caused by a flag, a limit or the state of a stream or an account are not among them.
     */
    private static final Set<Integer> RECORD = Set.of(
            JetStreamErrorException.MESSAGE_TOO_LARGE, // max_msg_size, max_payload
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

    /** Codes of a stream without {@code allow_atomic} or {@code allow_batched}. */
    private static final Set<Integer> FLAGS = Set.of(10174, JetStreamErrorException.BATCH_DISABLED);

    /** Out of room: account, server, memory, storage, stream. */
    private static final Set<Integer> FULL = Set.of(
            JetStreamErrorException.ACCOUNT_FULL,
            JetStreamErrorException.SERVER_FULL,
            10028,
            10047,
            JetStreamErrorException.STORE_FAILED);

    private static final Set<ErrorCode> SILENT = EnumSet.of(ErrorCode.NO_LEADER, ErrorCode.NO_ANSWER, ErrorCode.NO_ACK);

    /** "wrong last msg ID", "wrong last sequence". */
    private static final Set<Integer> WRONG_LAST = Set.of(10070, JetStreamErrorException.WRONG_LAST_SEQUENCE);

    /** "message too large", or the spelling of servers before 2.11. */
    private static final List<String> TOO_LARGE = List.of("message too large", "message to large");

    private static final String ROLLUP_DENIED = "not permitted";
    /** The codes of JetStream's errors. An error that is not listed is a {@link ErrorCode#STREAM_ERROR}. */
    private static final Map<Integer, ErrorCode> CODES = codes();

    private FailureTriage() {}

    private static Map<Integer, ErrorCode> codes() {
        Map<Integer, ErrorCode> codes = new HashMap<>();
        RECORD.forEach(code -> codes.put(code, ErrorCode.REFUSED_BY_SERVER));
        RefusalAdvice.misconfigurations().forEach(code -> codes.put(code, ErrorCode.STREAM_UNSUITABLE));
        FULL.forEach(code -> codes.put(code, ErrorCode.STREAM_FULL));
        codes.put(JetStreamErrorException.MESSAGE_TOO_LARGE, ErrorCode.TOO_LARGE);
        codes.put(10039, ErrorCode.JETSTREAM_OFF);
        codes.put(10076, ErrorCode.JETSTREAM_OFF);
        codes.put(JetStreamErrorException.STREAM_NOT_FOUND, ErrorCode.STREAM_MISSING);
        codes.put(JetStreamErrorException.OTHER_STREAM, ErrorCode.OTHER_STREAM);
        codes.put(10174, ErrorCode.BATCHES_DISABLED);
        codes.put(JetStreamErrorException.BATCH_DISABLED, ErrorCode.BATCHES_DISABLED);
        codes.put(10008, ErrorCode.NO_LEADER); // JetStream system temporarily unavailable
        codes.put(10009, ErrorCode.NO_LEADER); // JetStream cluster has no leader
        return Map.copyOf(codes);
    }

    /**
     * Returns the code of a failure: that of the outermost cause that has one. Never null: a failure of the connection without
     * a code is {@link ErrorCode#CONNECTION_LOST}, a request without a reply {@link ErrorCode#NO_ANSWER}, and any other failure
     * {@link ErrorCode#UNEXPECTED}.
     */
    public static ErrorCode codeOf(Throwable failure) {
        ErrorCode lastResort = ErrorCode.UNEXPECTED;
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof Coded coded) {
                return coded.code();
            }
            int code = code(cause);
            if (code >= 0) {
                return ofRefusal(code, cause.getMessage());
            }
            if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
                lastResort = ErrorCode.NO_ANSWER;
            } else if (lastResort == ErrorCode.UNEXPECTED && isOfConnection(cause)) {
                lastResort = ErrorCode.CONNECTION_LOST;
            }
        }
        return lastResort;
    }

    /** Whether jnats throws this when a connection is closed, or cancels its requests with it. */
    private static boolean isOfConnection(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof IllegalStateException
                || failure instanceof CancellationException;
    }

    /** Returns the code of a failure that rejects a record. */
    public static ErrorCode rejectionOf(Throwable failure) {
        ErrorCode code = codeOf(failure);
        return code.counted() == Counted.REJECTED ? code : ErrorCode.REFUSED_BY_SERVER;
    }

    /** Returns the code of a failure that is no record's, such as that of an offset marker. */
    public static ErrorCode outageOf(Throwable failure) {
        ErrorCode code = codeOf(failure);
        return code.counted() == Counted.RETRIED ? code : ErrorCode.STREAM_ERROR;
    }

    private static ErrorCode ofRefusal(int code, @Nullable String description) {
        return switch (ofCode(code, description)) {
            case REJECT ->
                code == JetStreamErrorException.STORE_FAILED
                        ? ErrorCode.TOO_LARGE
                        : CODES.getOrDefault(code, ErrorCode.REFUSED_BY_SERVER);
            case MISCONFIGURED -> CODES.getOrDefault(code, ErrorCode.STREAM_UNSUITABLE);
            default -> CODES.getOrDefault(code, ErrorCode.STREAM_ERROR);
        };
    }

    public static Verdict verdictOf(Throwable failure) {
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
                return Verdict.MISCONFIGURED;
            }
            if (cause instanceof ConnectFailedException failed) {
                return ofConnecting(failed.reason());
            }
            int code = code(cause);
            if (code >= 0) {
                return ofCode(code, cause.getMessage());
            }
        }
        return Verdict.RETRY;
    }

    private static Verdict ofConnecting(ConnectFailedException.Reason reason) {
        return switch (reason) {
            case LIBRARIES -> Verdict.STOP;
            case SETTINGS, AUTHORIZATION -> Verdict.MISCONFIGURED;
            case BUSY -> Verdict.BACK_PRESSURE;
            case TLS, TIMEOUT, UNREACHABLE -> Verdict.RETRY;
        };
    }

    private static Verdict ofCode(int code, @Nullable String description) {
        String text = String.valueOf(description);
        if (code == JetStreamErrorException.STORE_FAILED && TOO_LARGE.stream().anyMatch(text::contains)) {
            return Verdict.REJECT;
        }
        if (code == JetStreamErrorException.ROLLUP_FAILED) {
            return text.contains(ROLLUP_DENIED) ? Verdict.MISCONFIGURED : Verdict.REJECT;
        }
        if (RECORD.contains(code)) {
            return Verdict.REJECT;
        }
        if (RefusalAdvice.misconfigurations().contains(code)) {
            return Verdict.MISCONFIGURED;
        }
        return FULL.contains(code) ? Verdict.BACK_PRESSURE : Verdict.RETRY;
    }

    /** Returns whether servers answer and the stream does not, as while it has no leader. */
    static boolean isOfSilentStream(Throwable failure) {
        return SILENT.contains(codeOf(failure));
    }

    /** Returns whether the stream lacks a flag that an update can switch on. */
    public static boolean isMissingFlag(Throwable failure) {
        for (Throwable cause = failure; cause != null && !(cause instanceof OutageException); cause = next(cause)) {
            int code = code(cause);
            if (cause instanceof MissingFlagException
                    || FLAGS.contains(code)
                    || (code == JetStreamErrorException.ROLLUP_FAILED
                            && String.valueOf(cause.getMessage()).contains(ROLLUP_DENIED))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether a stream with {@code discard_new_per_subject} refused a further message for a subject (nats-server 2.9
     * to 2.15: the text behind the code of a full stream).
     */
    static boolean isSubjectFull(Throwable failure) {
        Throwable refusal = refusal(failure);
        return refusal != null
                && code(refusal) == JetStreamErrorException.STORE_FAILED
                && String.valueOf(refusal.getMessage()).contains(RefusalAdvice.SUBJECT_FULL);
    }

    /** Returns whether a message was refused because its subject has a later message than the expected one. */
    public static boolean isWrongLastSequence(Throwable failure) {
        return WRONG_LAST.contains(code(refusal(failure)));
    }

    /** {@link #describe}, followed by what to change unless the description has it. */
    public static String describeWithAdvice(Throwable failure) {
        String advice = "";
        for (Throwable cause = failure; cause != null && advice.isEmpty(); cause = next(cause)) {
            if (cause instanceof MisconfiguredException
                    || cause instanceof OutageException
                    || cause instanceof UnrecoverableException) {
                break;
            }
            advice = advice(code(cause), String.valueOf(cause.getMessage()));
        }
        return advice.isEmpty() ? describe(failure) : describe(failure) + ": " + advice;
    }

    private static String advice(int code, String description) {
        return switch (ofCode(code, description)) {
            case MISCONFIGURED -> RefusalAdvice.ofMisconfiguration(code);
            case BACK_PRESSURE -> RefusalAdvice.ofBackPressure(description);
            default -> "";
        };
    }

    /** The outermost cause that is an error of JetStream, or null. */
    private static @Nullable Throwable refusal(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && code(cause) < 0) {
            cause = next(cause);
        }
        return cause;
    }

    /** JetStream's error code, or -1. */
    private static int code(@Nullable Throwable cause) {
        if (cause instanceof JetStreamApiException refused) {
            return refused.getApiErrorCode();
        }
        return cause instanceof JetStreamErrorException refused ? refused.code() : -1;
    }

    /**
     * The message shown to operators: that of the outermost cause with a message of its own, followed by that of the
     * innermost cause unless it is contained in the first.
     */
    public static String describe(Throwable failure) {
        String outermost = "";
        String innermost = "";
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            // The message of an Error is at times only the name of a class.
            String message = cause instanceof Error ? cause.toString() : cause.getMessage();
            if (message != null && !repeatsItsCause(cause)) {
                outermost = outermost.isEmpty() ? message : outermost;
                innermost = message;
            }
        }
        if (outermost.isEmpty()) {
            return failure.getClass().getSimpleName();
        }
        return outermost.contains(innermost) ? outermost : outermost + ": " + innermost;
    }

    /** Returns whether an exception has no message of its own, as the JDK's wrappers. */
    private static boolean repeatsItsCause(Throwable wrapper) {
        Throwable cause = next(wrapper);
        return cause != null && cause.toString().equals(wrapper.getMessage());
    }

    private static @Nullable Throwable next(Throwable throwable) {
        Throwable cause = throwable.getCause();
        return cause == throwable ? null : cause;
    }
}
