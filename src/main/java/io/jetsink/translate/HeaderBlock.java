package io.jetsink.translate;

import io.jetsink.config.NatsNames;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.translate.text.HeaderEncoding;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of one message after another. What comes from records, and from classes of users, is guarded as
 * {@link MessageHeaders} says; what the connector itself tells NATS goes through {@link #command}.
 *
 * <p>Threads: used by one thread.
 */
final class HeaderBlock implements MessageHeaders {
    /** No server takes more (nats-server: "header size exceeds maximum allowed of 64k", 10097). */
    static final int MAX_BYTES = 64 * 1024 - 1;

    private @Nullable Headers headers;
    private long left;

    /** Begins the next message. */
    void clear() {
        headers = null;
    }

    /** How many headers were left out because of their names, of all messages. */
    long left() {
        return left;
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

    /** A header of the connector's own, whose name and value are plain. */
    void command(String name, String value) {
        block().put(name, value);
    }

    /**
     * The headers, which nobody changes any more; null if there are none.
     *
     * @throws RejectedRecordException if no server takes so many
     */
    @Nullable
    Headers build() {
        Headers built = headers;
        if (built == null || built.isEmpty()) {
            return null;
        }
        if (built.serializedLength() > MAX_BYTES) {
            throw new RejectedRecordException("The headers have " + built.serializedLength() + " bytes, and "
                    + MAX_BYTES + " are allowed: change headers.include, headers.exclude or headers.key.");
        }
        return new Headers(built, true);
    }

    private boolean isAllowed(String name) {
        if (name.isEmpty() || NatsNames.isReservedHeader(name)) {
            left++;
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
