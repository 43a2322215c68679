package io.jetsink.support.nats;

import java.io.IOException;
import java.nio.file.Path;

/** One way to get a nats-server executable. */
interface NatsBinaryRoute {
    /** Names the way in an error. */
    String name();

    /**
     * Puts an executable into {@code folder}, which exists and is empty.
     *
     * @return the executable
     * @throws IOException if this way is closed on this machine; the next one is tried
     * @throws IllegalStateException if what came cannot be trusted; nothing else is tried
     */
    Path fetchInto(Path folder) throws IOException;
}
