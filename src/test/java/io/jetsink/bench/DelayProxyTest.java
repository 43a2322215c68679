package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DelayProxyTest {
    private static final Duration ROUND_TRIP = Duration.ofMillis(100);
    private static final byte[] REQUEST = new byte[3 << 20];

    @Test
    void bytesArriveUnchangedAfterTheDelay() throws Exception {
        new Random(1).nextBytes(REQUEST);
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DelayProxy proxy = DelayProxy.start(listener.getLocalPort(), ROUND_TRIP);
                Socket client = new Socket(
                        InetAddress.getLoopbackAddress(),
                        URI.create(proxy.url()).getPort());
                Socket server = listener.accept()) {
            Thread sender = new Thread(() -> send(client));
            long begin = System.nanoTime();
            sender.start();
            byte[] request = server.getInputStream().readNBytes(REQUEST.length);
            long requested = System.nanoTime() - begin;
            server.getOutputStream().write(7);
            int response = client.getInputStream().read();
            long responded = System.nanoTime() - begin;
            sender.join();
            server.close();

            assertThat(request).isEqualTo(REQUEST);
            assertThat(response).isEqualTo(7);
            assertThat(Duration.ofNanos(requested)).isGreaterThanOrEqualTo(ROUND_TRIP.dividedBy(2));
            assertThat(Duration.ofNanos(responded)).isGreaterThanOrEqualTo(ROUND_TRIP);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void send(Socket socket) {
        try {
            socket.getOutputStream().write(REQUEST);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
