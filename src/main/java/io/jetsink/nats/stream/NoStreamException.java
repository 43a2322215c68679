package io.jetsink.nats.stream;

import io.jetsink.message.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JetStream reports that the stream does not exist. */
public final class NoStreamException extends MisconfiguredException {
    private static final long serialVersionUID = 1L;

    /**
     * @param name of the stream, or null if none is configured
     * @param subjects filters that together cover all subjects that records can have
     */
    NoStreamException(@Nullable String name, List<String> subjects) {
        super(
                name == null ? ErrorCode.SUBJECT_NOT_CAPTURED : ErrorCode.STREAM_MISSING,
                name == null
                        ? "no stream captures the subjects " + String.join(", ", subjects)
                                + ": create one, or change subject, or the subjects of the intended stream"
                        : "there is no stream " + name
                                + ": create it, set jetstream.stream.create=true, or correct jetstream.stream");
    }
}
