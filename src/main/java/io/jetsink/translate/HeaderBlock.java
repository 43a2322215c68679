package io.jetsink.translate;

import io.jetsink.config.NatsNames;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.translate.text.HeaderEncoding;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Collects the headers of one message after another. Headers of records and plug-ins follow the rules of
 * {@link MessageHeaders}. The connector adds its own commands to NATS with {@link #command}.
 *
 * <p>Used by one thread.
 */
final class HeaderBlock implements MessageHeaders {
    /** The limit of the server (nats-server: "header size exceeds maximum allowed of 64k", 10097). */
    static final int MAX_BYTES = 64 * 1024 - 1;

    private @Nullable Headers headers;
    private long dropped;

    /** Begins the next message. */
    void clear() {
        headers = null;
    }

    /** Returns the number of headers of all messages that were left out because of their names. */
    long dropped() {
        return dropped;
    }

    @Override
    public void add(String name, String value) {
        if (isAllowed(name)) {
            block().add(HeaderEncoding.name(name), HeaderEncoding.value(value));
        }
    }

    @Override
    public void add(String name, byte[] value) {
        if (isAllowed(name)) {
            block().add(HeaderEncoding.name(name), HeaderEncoding.value(value));
        }
    }

    @Override
    public void set(String name, String value) {
        if (isAllowed(name)) {
            block().put(HeaderEncoding.name(name), HeaderEncoding.value(value));
        }
    }

    /** Sets a header of the connector. Name and value need no encoding. */
    void command(String name, String value) {
        block().put(name, value);
    }

    /**
     * Returns the headers, which no longer change, or null if there are none.
     *
     * @throws RejectedRecordException if the headers exceed the limit of the server
     */
    @Nullable
    Headers build() {
        Headers built = headers;
        if (built == null || built.isEmpty()) {
            return null;
        }
        if (built.serializedLength() > MAX_BYTES) {
            throw new RejectedRecordException(
                    ErrorCode.HEADERS,
                    "The headers have " + built.serializedLength() + " bytes, and " + MAX_BYTES
                            + " are allowed: change headers.include, headers.exclude or headers.key.");
        }
        return new Headers(built, true);
    }

    private boolean isAllowed(String name) {
        if (name.isEmpty() || NatsNames.isReservedHeader(name)) {
            dropped++;
            return false;
        }
        return true;
    }

    private Headers block() {
        Headers block = headers;
        if (block == null) {
            block = new Headers();
            headers = block;
        }
        return block;
    }
}
