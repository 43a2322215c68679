package io.jetsink.support.kafka;

/** Connect's REST answered with an error. The message is the answer's body: configuration errors are told there. */
public final class RestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    RestException(String request, int status, String body) {
        super(request + " was answered with " + status + ": " + body);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
