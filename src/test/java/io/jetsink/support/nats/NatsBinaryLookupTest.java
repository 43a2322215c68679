package io.jetsink.support.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsBinaryLookupTest {
    private static final String ARCHIVE = "nats-server-v9.8.7-linux-amd64.tar.gz";

    private final Map<String, byte[]> published = new HashMap<>();

    @TempDir
    private Path cache;

    private HttpServer web;

    @BeforeEach
    void startWeb() throws IOException {
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            var body = published.get(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        web.start();
    }

    @AfterEach
    void stopWeb() {
        web.stop(0);
    }

    @Test
    void takesTheReleaseAndKeepsItInTheCache() throws Exception {
        publish(release("9.8.7"), NatsRelease.sha256(release("9.8.7")));

        var executable = lookup(fromWeb()).find(null);
        web.stop(0);

        assertThat(executable).isEqualTo(cache.resolve("9.8.7/nats-server")).isExecutable();
        assertThat(lookup(fromWeb()).find(null)).isEqualTo(executable);
        assertThat(cache.toFile().list()).containsExactlyInAnyOrder("9.8.7", "9.8.7.lock");
    }

    @Test
    void refusesAReleaseThatDoesNotMatchItsChecksumAndTriesNothingElse() throws Exception {
        publish(release("9.8.7"), "0".repeat(64));
        var lookup = lookup(fromWeb(), folder -> script(folder, "9.8.7"));

        assertThatThrownBy(() -> lookup.find(null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SHA256SUMS")
                .hasMessageContaining(ARCHIVE);
        assertThat(cache.resolve("9.8.7/nats-server")).doesNotExist();
    }

    @Test
    void goesOnToTheNextRouteWhereTheReleaseCannotBeReached() {
        var unreachable = fromWeb();
        web.stop(0);

        assertThat(lookup(unreachable, folder -> script(folder, "9.8.7")).find(null))
                .isExecutable();
    }

    @Test
    void goesOnToTheNextRouteWhereTheReleaseHasNothingForThisPlatform() {
        published.put("/v9.8.7/SHA256SUMS", "abc  other.zip\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(lookup(fromWeb(), folder -> script(folder, "9.8.7")).find(null))
                .isExecutable();
    }

    @Test
    void namesEveryRouteThatFailed() {
        var lookup = lookup(fromWeb(), folder -> script(folder, "9.7.0"));

        assertThatThrownBy(() -> lookup.find(null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("$NATS_SERVER")
                .hasMessageContaining("cached copy")
                .hasMessageContaining("HTTP 404 for SHA256SUMS")
                .hasMessageContaining("is version 9.7.0, not 9.8.7");
    }

    @Test
    void takesTheExecutableItIsGivenWhateverItsVersion() throws Exception {
        var given = script(cache, "1.2.3");

        assertThat(lookup().find(given.toString())).isEqualTo(given);
    }

    @Test
    void doesNotLookFurtherWhereTheGivenExecutableDoesNotRun() {
        var lookup = lookup(folder -> script(folder, "9.8.7"));

        assertThatThrownBy(() -> lookup.find("/no/such/nats-server"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NATS_SERVER=/no/such/nats-server does not run");
    }

    private NatsBinaryLookup lookup(NatsBinaryRoute... routes) {
        return new NatsBinaryLookup("9.8.7", false, cache, List.of(routes));
    }

    private NatsBinaryLookup lookup(NatsBinaryRoute first, Fetch second) {
        return lookup(first, route(second));
    }

    private NatsBinaryLookup lookup(Fetch only) {
        return lookup(route(only));
    }

    private NatsRelease fromWeb() {
        return new NatsRelease("http://127.0.0.1:" + web.getAddress().getPort(), "9.8.7", "linux", "amd64");
    }

    private void publish(byte[] archive, String checksum) {
        published.put("/v9.8.7/" + ARCHIVE, archive);
        published.put("/v9.8.7/SHA256SUMS", (checksum + "  " + ARCHIVE + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static NatsBinaryRoute route(Fetch fetch) {
        return new NatsBinaryRoute() {
            @Override
            public String name() {
                return "script";
            }

            @Override
            public Path fetchInto(Path folder) throws IOException {
                return fetch.into(folder);
            }
        };
    }

    private static Path script(Path folder, String version) throws IOException {
        var script = Files.writeString(folder.resolve("nats-server"), scriptText(version));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    private static String scriptText(String version) {
        return "#!/bin/sh\necho nats-server: v" + version + "\n";
    }

    /** A tar with a readme before the executable, compressed. */
    private static byte[] release(String version) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            entry(gzip, "nats-server-v9.8.7-linux-amd64/README.md", "read me");
            entry(gzip, "nats-server-v9.8.7-linux-amd64/nats-server", scriptText(version));
            gzip.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }

    private static void entry(GZIPOutputStream tar, String name, String content) throws IOException {
        var block = new byte[1024];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, block, 0, name.length());
        var size = String.format("%011o", content.length());
        System.arraycopy(size.getBytes(StandardCharsets.US_ASCII), 0, block, 124, size.length());
        System.arraycopy(content.getBytes(StandardCharsets.US_ASCII), 0, block, 512, content.length());
        tar.write(block);
    }

    private interface Fetch {
        Path into(Path folder) throws IOException;
    }
}
