package io.jetsink.message;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The error catalogue: one stable code for each kind of WARN, failure and rejection. A code never changes its meaning. It
 * stands in log lines, in the trace of a failed task, in the headers of dead letters and as the tag {@code reason} of metrics.
 * The first digit is the group: 1 configuration, 2 connection, 3 permission, 4 stream, 5 record, 6 batch, 7 fencing. Compiled
 * for Java 8, as {@code NatsJetStreamSinkConnector} is.
 */
public enum ErrorCode {
    INVALID_VALUE(1001, Counted.NOT),
    UNKNOWN_KEY(1002, Counted.NOT),
    CONFLICTING_KEYS(1003, Counted.NOT),
    UNUSABLE_CLASS(1004, Counted.NOT),
    UNUSABLE_SETTING(1005, Counted.RETRIED),
    OTHER_LIBRARY(1006, Counted.NOT),
    DAMAGED_PLUGIN(1007, Counted.NOT),
    MANY_TASKS(1008, Counted.NOT),
    READABLE_SECRET(1009, Counted.NOT),
    CLASS_NOT_CLOSED(1010, Counted.NOT),
    METRICS_MISSING(1011, Counted.NOT),
    OLD_WORKER(1012, Counted.NOT),
    OLD_JAVA(1013, Counted.NOT),

    UNREACHABLE(2001, Counted.RETRIED),
    CONNECTION_LOST(2002, Counted.RETRIED),
    TLS_FAILED(2003, Counted.RETRIED),
    SERVER_BUSY(2004, Counted.RETRIED),
    NO_ACK(2005, Counted.RETRIED),
    NO_ANSWER(2006, Counted.RETRIED),
    SERVER_ERROR(2007, Counted.NOT),
    UNUSABLE_ADDRESS(2008, Counted.NOT),
    UNEXPECTED(2009, Counted.RETRIED),
    NOT_CLOSED(2010, Counted.NOT),
    OUTAGE_TOO_LONG(2011, Counted.NOT),

    LOGIN_REFUSED(3001, Counted.RETRIED),
    PUBLISH_DENIED(3002, Counted.RETRIED),
    SUBSCRIBE_DENIED(3003, Counted.RETRIED),
    LOOKUP_DENIED(3004, Counted.RETRIED),

    STREAM_MISSING(4001, Counted.RETRIED),
    SUBJECT_NOT_CAPTURED(4002, Counted.RETRIED),
    OTHER_STREAM(4003, Counted.RETRIED),
    STREAM_FULL(4004, Counted.RETRIED),
    NO_LEADER(4005, Counted.RETRIED),
    STREAM_UNSUITABLE(4006, Counted.RETRIED),
    SERVER_TOO_OLD(4007, Counted.RETRIED),
    STREAM_NOT_CREATED(4008, Counted.RETRIED),
    JETSTREAM_OFF(4009, Counted.RETRIED),
    STREAM_ERROR(4010, Counted.RETRIED),
    OBJECT_STORE(4011, Counted.RETRIED),
    STREAM_RISK(4012, Counted.NOT),
    DOWNSTREAM(4013, Counted.NOT),
    NOT_CHECKED(4014, Counted.NOT),
    FOREIGN_ANSWER(4015, Counted.NOT),
    MESSAGES_LOST(4016, Counted.NOT),

    NO_SUBJECT(5001, Counted.REJECTED),
    INVALID_SUBJECT(5002, Counted.REJECTED),
    TOMBSTONE(5003, Counted.REJECTED),
    PAYLOAD(5004, Counted.REJECTED),
    CLOUD_EVENT(5005, Counted.REJECTED),
    HEADERS(5006, Counted.REJECTED),
    ID_OR_TTL(5007, Counted.REJECTED),
    REFUSED_BY_CLASS(5008, Counted.REJECTED),
    TOO_LARGE(5009, Counted.REJECTED),
    NO_STREAM_FOR_SUBJECT(5010, Counted.REJECTED),
    REFUSED_BY_SERVER(5011, Counted.REJECTED),
    TOMBSTONE_SKIPPED(5012, Counted.SKIPPED),
    LOOP_SKIPPED(5013, Counted.SKIPPED),
    STORED_BEFORE(5014, Counted.SKIPPED),
    NOT_TRANSLATED_YET(5015, Counted.NOT),
    NOT_REPORTED(5016, Counted.NOT),
    DUPLICATE_ID(5017, Counted.NOT),
    HEADERS_LEFT_OUT(5018, Counted.NOT),

    MESSAGES_MISSING(6001, Counted.RETRIED),
    BATCH_UNKNOWN(6002, Counted.NOT),
    BATCHES_DISABLED(6003, Counted.RETRIED),
    INVALID_REPLY(6004, Counted.NOT),
    MARKERS_MOVED(6005, Counted.RETRIED),
    MARKER_MISSING(6006, Counted.NOT),
    MARKER_FOREIGN(6007, Counted.NOT),
    OFFSETS_WITHHELD(6008, Counted.NOT),
    OTHER_TOPIC(6009, Counted.NOT),
    RECORDS_MISSING(6010, Counted.NOT),
    MARKERS_STAY(6011, Counted.NOT),
    OFFSETS_NOT_ALTERED(6012, Counted.NOT),
    OUTCOME_LOST(6013, Counted.NOT),

    FENCED(7001, Counted.NOT),
    FENCED_FOR_LONG(7002, Counted.NOT);

    /** The counter that has this code as a {@code reason}. */
    public enum Counted {
        NOT,
        RETRIED,
        REJECTED,
        SKIPPED
    }

    private final String id;
    private final Counted counted;

    ErrorCode(int number, Counted counted) {
        this.id = String.format(Locale.ROOT, "JS-%04d", number);
        this.counted = counted;
    }

    /** The code as people read it, such as {@code JS-2001}. */
    public String id() {
        return id;
    }

    /** Returns a text that begins with this code: {@code [JS-2001] text}. */
    public String text(String text) {
        return "[" + id + "] " + text;
    }

    public Counted counted() {
        return counted;
    }

    /** Returns the codes that are a reason of this counter, in the order of the catalogue. */
    public static List<ErrorCode> of(Counted counted) {
        return Arrays.stream(values())
                .filter(code -> code.counted == counted)
                .collect(Collectors.collectingAndThen(Collectors.toList(), Collections::unmodifiableList));
    }

    @Override
    public String toString() {
        return "[" + id + "]";
    }
}
