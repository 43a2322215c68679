package io.jetsink.nats;

import static io.jetsink.support.Thrown.assertThrown;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.config.AuthSettings;
import io.jetsink.config.TlsSettings;
import io.jetsink.nats.ConnectFailedException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever else may listen where a server should be, and says what no server says. */
class NatsStrangersIT {
    private static final TlsSettings TLS = new TlsSettings(Map.of(), true, true, false);
    private static final AuthSettings USER = Settings.user("bridge", "c4n4ry");
    private static final String SECURED =
            "INFO {\"server_id\":\"x\",\"proto\":1,\"headers\":true,\"version\":\"2.15.1\",\"tls_required\":true}\r\n";
    /** The reader of a refused connection takes no more than the bound and what buffers hold. */
    private static final long BOUNDED = 16 << 20;

    private final Heard heard = new Heard();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "220 mail ESMTP\r\n",
                "\r\n",
                "INFO\r\n",
                "INFO not json\r\n",
                "INFO {\"max_payload\":\"many\"\r\n",
                "\u001b[2J\u001b[31m[ERROR] all is lost\r\n",
            })
    void whatIsNoServerIsRefusedInPlainWords(String greeting) throws Exception {
        try (var stranger = new Stranger(greeting)) {
            assertThrown(ConnectFailedException.class, () -> connect(stranger, Settings.NO_TLS))
                    .hasMessageContainingAll(stranger.url("nats"), "nats.servers")
                    .hasMessageNotContaining("\u001b");
            assertThat(stranger.heard()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INFO {\"server_id\":\"", "", "\r"})
    void aFirstLineWithoutAnEndIsNotKept(String begin) throws Exception {
        try (var stranger = new Stranger(begin, 1L << 30)) {
            assertThrown(ConnectFailedException.class, () -> connect(stranger, Settings.NO_TLS));

            assertThat(stranger.taken()).isLessThan(BOUNDED);
        }
    }

    @Test
    void saysThatAFirstLineIsTooLong() throws Exception {
        try (var stranger = new Stranger("INFO {\"server_id\":\"", 1L << 30)) {
            assertThatThrownBy(() -> connect(stranger, Settings.NO_TLS))
                    .hasMessageContaining("the first line has more than 1048576 bytes");
        }
    }

    @Test
    void aServersWordsAreShownInOneLineAndCut() throws Exception {
        Answer hangsUp = heard -> {
            throw new EOFException();
        };
        var words = "-ERR 'Authorization \u001b[31mViolation " + "x".repeat(10_000) + "'\r\n";
        try (var stranger = new Stranger(
                "INFO {\"server_id\":\"x\",\"proto\":1,\"headers\":true,\"version\":\"2.15.1\"}\r\n" + words,
                hangsUp)) {
            assertThrown(ConnectFailedException.class, () -> connect(stranger, Settings.NO_TLS))
                    .hasMessageContaining("Authorization \\u001B[31mViolation xxx")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2_000))
                    .hasMessageNotContaining("\u001b");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "nats"})
    void nothingIsSaidToAServerThatDoesWithoutTls(String scheme) throws Exception {
        try (var stranger = new Stranger(
                "INFO {\"server_id\":\"x\",\"proto\":1,\"headers\":true,\"version\":\"2.15.1\",\"auth_required\":true}\r\n")) {
            Settings.assertFails(
                            Reason.TLS,
                            () -> Settings.connector(Settings.with(USER, TLS, stranger.url(scheme)))
                                    .connect(List.of(), () -> heard))
                    .hasMessageContaining("the server does not support it");
            assertThat(stranger.heard()).isEmpty();
        }
    }

    @Test
    void anOldVersionOfTlsIsNotAgreedTo() throws Exception {
        try (var stranger = new Stranger(SECURED, NatsStrangersIT::helloOfTls11)) {
            Settings.assertFails(Reason.TLS, () -> connect(stranger, TLS)).hasMessageContaining("TLS11");
            // The handshake's first record, and nothing in the clear.
            assertThat(stranger.heard())
                    .startsWith("\u0016")
                    .doesNotContain("CONNECT")
                    .doesNotContain("c4n4ry");
        }
    }

    private void connect(Stranger stranger, TlsSettings tls) throws Exception {
        Settings.connector(Settings.with(USER, tls, stranger.url("nats")))
                .connect(List.of(), () -> heard)
                .close();
    }

    /** The record that a server of TLS 1.1 and no more answers the first one with. */
    private static byte[] helloOfTls11(byte[] clientHello) {
        if (clientHello[0] != 0x16) {
            return new byte[0];
        }
        var body = "0302" + "11".repeat(32) + "00" + "C013" + "00";
        var handshake = "02" + "%06X".formatted(body.length() / 2) + body;
        return HexFormat.of().parseHex("160302" + "%04X".formatted(handshake.length() / 2) + handshake);
    }

    private interface Answer {
        byte[] to(byte[] heard) throws IOException;
    }

    /** Greets whoever connects, keeps what it is told, and stays on the line. */
    private static final class Stranger implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final CompletableFuture<Long> sent = new CompletableFuture<>();
        private final CompletableFuture<String> told = new CompletableFuture<>();

        Stranger(String greeting) throws IOException {
            this(greeting, heard -> new byte[0]);
        }

        /** Goes on with so many bytes that end no line. */
        Stranger(String greeting, long more) throws IOException {
            start(socket -> {
                var out = socket.getOutputStream();
                out.write(greeting.getBytes(ISO_8859_1));
                flood(out, more);
            });
        }

        Stranger(String greeting, Answer answer) throws IOException {
            start(socket -> {
                socket.getOutputStream().write(greeting.getBytes(ISO_8859_1));
                told.complete(listen(socket, answer));
            });
        }

        String url(String scheme) {
            return scheme + "://127.0.0.1:" + listener.getLocalPort();
        }

        long taken() {
            return sent.orTimeout(20, TimeUnit.SECONDS).join();
        }

        String heard() {
            return told.orTimeout(20, TimeUnit.SECONDS).join();
        }

        private void start(Talk talk) {
            var thread = new Thread(
                    () -> {
                        try (var socket = listener.accept()) {
                            talk.with(socket);
                        } catch (IOException over) {
                            told.complete("");
                        }
                    },
                    "stranger");
            thread.setDaemon(true);
            thread.start();
        }

        private void flood(OutputStream out, long more) {
            var chunk = new byte[64 * 1024];
            Arrays.fill(chunk, (byte) 'x');
            long count = 0;
            try {
                while (count < more) {
                    out.write(chunk);
                    count += chunk.length;
                }
            } catch (IOException hungUp) {
                // What was to be shown: nobody takes any more.
                assertThat(hungUp).isNotNull();
            }
            sent.complete(count);
        }

        private static String listen(Socket socket, Answer answer) throws IOException {
            InputStream in = socket.getInputStream();
            var heard = new StringBuilder();
            var chunk = new byte[64 * 1024];
            try {
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    heard.append(new String(chunk, 0, count, ISO_8859_1));
                    socket.getOutputStream().write(answer.to(Arrays.copyOf(chunk, count)));
                }
            } catch (IOException reset) {
                // As the connector ends each of its connections.
                return heard.toString();
            }
            return heard.toString();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }

        private interface Talk {
            void with(Socket socket) throws IOException;
        }
    }
}
