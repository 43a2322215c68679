package io.jetsink.publish;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Ends an epoch because the next one publishes in another mode. The connection works. The strategy that opens the next epoch
 * logs the change.
 */
public final class ModeChangeException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param refusal by the server, which is counted; null if the task itself changes the mode */
    public ModeChangeException(@Nullable Throwable refusal) {
        super(refusal);
    }
}
