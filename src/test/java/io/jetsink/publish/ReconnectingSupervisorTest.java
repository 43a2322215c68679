package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jetsink.config.MetricsSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.nats.NatsConnector;
import io.jetsink.spi.ConnectionCustomizer;
import io.jetsink.support.Logged;
import io.nats.client.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that is thrown while connecting ends the link. */
class ReconnectingSupervisorTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Logged log = Logged.of("io.jetsink.publish");

    @BeforeEach
    void begin() {
        Thrower.ATTEMPTS.set(0);
        Thrower.THROWN.clear();
    }

    @AfterEach
    void end() {
        log.close();
    }

    static Stream<Throwable> thrown() {
        return Stream.of(
                new OutOfMemoryError("unable to create native thread"),
                new StackOverflowError(),
                new AssertionError("a user's assertion"),
                new NoClassDefFoundError("com/example/Token"),
                new ExceptionInInitializerError("a user's class"),
                new InterruptedException("a user's interrupt"),
                new IllegalStateException("a user's exception"),
                new Exception("a checked one"),
                new Unprintable());
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void triesAgainWhateverACustomizerThrows(Throwable thrown) throws Exception {
        Thrower.THROWN.add(thrown);
        ReconnectingSupervisor link = link();

        link.open();

        await().atMost(SOON).until(() -> Thrower.ATTEMPTS.get() > 2);
        assertThat(link.fatalError()).isNull();
        assertThat(log.lines()).anyMatch(line -> line.matches("WARN \\[JS-\\d{4}] orders-0: .*"));
        link.close(SOON);
    }

    @Test
    void namesAnErrorInTheLog() throws Exception {
        Thrower.THROWN.add(new NoClassDefFoundError("com/example/Token"));
        ReconnectingSupervisor link = link();

        link.open();

        await().atMost(SOON).until(() -> Thrower.ATTEMPTS.get() > 2);
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN [JS-2009] orders-0: no working link to NATS"
                        + " (java.lang.NoClassDefFoundError: com/example/Token); trying again in "));
        link.close(SOON);
    }

    @Test
    void closesItsThreadsWhenClosingThrows() throws Exception {
        Thrower.THROWN.add(new StackOverflowError());
        ReconnectingSupervisor link = link();
        link.open();
        await().atMost(SOON).until(() -> Thrower.ATTEMPTS.get() > 0);
        Thrower.closing = new AssertionError("a user's assertion");

        link.close(SOON);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .doesNotContain("jetsink-link-orders-0"));
        assertThat(log.lines()).anyMatch(line -> line.contains("connection.customizer was not closed cleanly"));
    }

    @Test
    void tasksWhoseServerDoesNotAnswerDelayNoOtherTask() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<ReconnectingSupervisor> hanging = new ArrayList<>();
            for (int task = 0; task < 20; task++) {
                hanging.add(link(mute.getLocalPort()));
            }
            hanging.forEach(ReconnectingSupervisor::open);
            await().atMost(SOON).until(() -> Thrower.ATTEMPTS.get() == 20);
            ReconnectingSupervisor other = link();

            other.open();

            // Each of the others waits for five seconds.
            await().atMost(Duration.ofSeconds(4)).until(() -> Thrower.ATTEMPTS.get() > 25);
            other.close(SOON);
            hanging.forEach(link -> link.close(Duration.ZERO));
        }
    }

    /** To a server that is not there. */
    private static ReconnectingSupervisor link() throws IOException {
        return link(closedPort());
    }

    private static ReconnectingSupervisor link(int port) throws IOException {
        SinkConfig config = SinkConfig.parse(Map.of(
                "name", "orders",
                "topics", "orders",
                "nats.servers", "nats://127.0.0.1:" + port,
                "nats.reconnect.backoff.ms", "1",
                "nats.reconnect.backoff.max.ms", "5",
                "connection.customizer", Thrower.class.getName()));
        return new ReconnectingSupervisor(
                "orders-0",
                new NatsConnector(config.connection(), "orders-0", SOON, 16),
                connection -> {
                    throw new AssertionError("there is no server");
                },
                config.connection(),
                GracePeriod.DEFAULT,
                new TaskMetrics(new MetricsSettings(true, false)).link(),
                System::nanoTime);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Of a class whose author has gone too far. */
    private static final class Unprintable extends Error {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    /** A customizer that throws what it is given, once each. */
    public static final class Thrower implements ConnectionCustomizer {
        static final AtomicInteger ATTEMPTS = new AtomicInteger();
        static final Queue<Throwable> THROWN = new ConcurrentLinkedQueue<>();
        static volatile Error closing;

        @Override
        public void customize(Options.Builder options) {
            ATTEMPTS.incrementAndGet();
            Throwable next = THROWN.poll();
            if (next != null) {
                Thrower.<RuntimeException>raise(next);
            }
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void raise(Throwable thrown) throws T {
            throw (T) thrown;
        }

        @Override
        public void close() {
            Error thrown = closing;
            closing = null;
            if (thrown != null) {
                throw thrown;
            }
        }
    }
}
