package io.jetsink.support.nats;

import io.jetsink.support.debian.DebianPackage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nats-server versions that tests run against. Each is looked for in this order: {@code $NATS_SERVER} (for
 * {@link #DEFAULT} only), a copy cached before, the official release, the distribution's package. The system property
 * {@code nats.server.cache} moves the cache, {@code nats.server.release.base} the address of the releases.
 */
public enum NatsBinary {
    /** The oldest supported: no ingest limits, no batches. */
    V2_9("2.9.10", "bookworm"),
    /** The last one without JetStream API levels. */
    V2_10("2.10.27", "trixie"),
    /** Atomic and fast-ingest batches. */
    V2_15("2.15.1", "forky");

    /** What a test gets that does not ask for a version. */
    public static final NatsBinary DEFAULT = V2_15;

    private final String version;
    private final String debianSuite;

    NatsBinary(String version, String debianSuite) {
        this.version = version;
        this.debianSuite = debianSuite;
    }

    /** The release this stands for. A distribution's package may be a later patch of it. */
    public String version() {
        return version;
    }

    /** An executable of this version, fetched if need be; an error that names every way tried if there is none. */
    public Path path() {
        var cache = Path.of(System.getProperty(
                "nats.server.cache",
                Path.of(System.getProperty("user.home"), ".cache", "jetsink", "nats-server")
                        .toString()));
        return new NatsBinaryLookup(version, this == DEFAULT, cache, routes()).find(executableFromEnvironment());
    }

    private List<NatsBinaryRoute> routes() {
        var routes = new ArrayList<NatsBinaryRoute>();
        routes.add(NatsRelease.of(version));
        DebianPackage.inSuites("nats-server", debianSuite).forEach(source -> routes.add(new NatsDebianRoute(source)));
        return routes;
    }

    private @Nullable String executableFromEnvironment() {
        return this == DEFAULT ? System.getenv("NATS_SERVER") : null;
    }
}
