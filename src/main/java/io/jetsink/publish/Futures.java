package io.jetsink.publish;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for answers. */
public final class Futures {
    private Futures() {}

    /** Waits until a future is done, or for this long; its outcome is left to the caller. @return false without a future */
    public static boolean await(@Nullable Future<?> pending, long nanos) throws InterruptedException {
        try {
            if (pending != null) {
                pending.get(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException | CancellationException | TimeoutException known) {
            return true;
        }
        return pending != null;
    }
}
