package io.jetsink.nats.stream;

import java.io.IOException;

/** An error in a reply of JetStream. The constants are the error codes of nats-server's errors.json that the connector knows. */
public final class JetStreamErrorException extends IOException {
    private static final long serialVersionUID = 1L;

    /** "account resources exceeded" and "insufficient resources". */
    public static final int ACCOUNT_FULL = 10002;

    public static final int SERVER_FULL = 10023;
    /** "no message found". */
    public static final int MESSAGE_NOT_FOUND = 10037;
    /** "message size exceeds maximum allowed". */
    public static final int MESSAGE_TOO_LARGE = 10054;
    /** "stream name already in use". */
    public static final int STREAM_EXISTS = 10058;
    /** "stream not found". */
    public static final int STREAM_NOT_FOUND = 10059;
    /** "expected stream does not match". */
    public static final int OTHER_STREAM = 10060;
    /** "wrong last sequence". */
    public static final int WRONG_LAST_SEQUENCE = 10071;
    /** A full stream, a full subject, or a message that is too large. */
    public static final int STORE_FAILED = 10077;
    /** A rollup without the stream's permission, with an invalid value, or in the wrong place of a batch. */
    public static final int ROLLUP_FAILED = 10111;
    /** "message id is in process". */
    public static final int ID_IN_PROCESS = 10158;
    /** "atomic publish batch is incomplete". */
    public static final int BATCH_INCOMPLETE = 10176;
    /** "atomic publish batch is too large". */
    public static final int BATCH_TOO_LARGE = 10199;
    /** "batch publish is disabled" (nats-server 2.14). */
    public static final int BATCH_DISABLED = 10205;
    /** "batch publish ID unknown" (nats-server 2.14). */
    public static final int BATCH_UNKNOWN = 10208;

    private final int code;

    public JetStreamErrorException(int code, String description) {
        super(description + " [" + code + "]");
        this.code = code;
    }

    public int code() {
        return code;
    }
}
