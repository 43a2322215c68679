package io.jetsink.support.nats;

import io.jetsink.support.debian.DebianPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The nats-server of a package of the distribution. */
record NatsDebianRoute(DebianPackage source) implements NatsBinaryRoute {
    @Override
    public String name() {
        return source.title();
    }

    @Override
    public Path fetchInto(Path folder) throws IOException {
        Path unpacked = source.unpackInto(folder);
        return Stream.of("usr/sbin/nats-server", "usr/bin/nats-server")
                .map(unpacked::resolve)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("no executable in the package"));
    }
}
