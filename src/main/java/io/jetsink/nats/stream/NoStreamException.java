package io.jetsink.nats.stream;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JetStream says that there is no stream to write to. The message says what to change. */
public final class NoStreamException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param name of the stream, or null if none is named
     * @param subjects filters of what is written to
     */
    NoStreamException(@Nullable String name, List<String> subjects) {
        super(
                name == null
                        ? "no stream takes the subjects " + String.join(", ", subjects)
                                + ": create one, or change subject, or the subjects of the stream that is meant"
                        : "there is no stream " + name
                                + ": create it, set jetstream.stream.create=true, or correct jetstream.stream");
    }
}
