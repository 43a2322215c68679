package io.jetsink.support.nats;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.support.process.ProcessUnderTest;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/**
 * A nats-server process on loopback with a store, a configuration and ports of its own. The ports and the store outlive
 * {@link #kill9()}, {@link #stop()} and {@link #restart()}; {@link #close()} leaves nothing.
 */
public final class NatsServer implements NatsTarget {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);

    private final NatsServerConfig config;
    private final Path home = ProcessFiles.newFolder("nats");
    private final NatsPort clientPort = NatsPort.reserve();
    private final NatsPort monitorPort = NatsPort.reserve();
    private volatile ProcessUnderTest process;

    private NatsServer(NatsServerConfig config) {
        this.config = config;
        configure(config.extra());
        process = launch();
        try {
            awaitStarted(0);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The default version with JetStream, ready to take connections. */
    public static NatsServer start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Configuration of a server that takes so many messages in an atomic batch. */
    public static String batchesOf(int messages) {
        return "jetstream { store_dir: './store', limits { batch { max_msgs: " + messages + " } } }\n";
    }

    public String name() {
        return config.clustered() ? config.name() : "jetsink-" + port();
    }

    public int port() {
        return clientPort.number();
    }

    public String url() {
        return "nats://127.0.0.1:" + port();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.alive();
    }

    /** What the server wrote, over all its starts. */
    public Path logs() {
        return home.resolve("nats-server.log");
    }

    @Override
    public String addresses() {
        return url();
    }

    @Override
    public Connection connect() throws IOException, InterruptedException {
        return connect(options -> options);
    }

    public Connection connect(UnaryOperator<Options.Builder> change) throws IOException, InterruptedException {
        var options = new Options.Builder().server(url()).connectionTimeout(Duration.ofSeconds(5));
        return Nats.connect(change.apply(options).build());
    }

    /** The server's answer under a monitoring path such as {@code /connz}, as JSON text. */
    public String monitor(String path) throws IOException {
        try (var body = open(path).getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Returns a number under {@code /varz}, such as {@code total_connections} or {@code in_msgs}. */
    public long varz(String field) {
        try {
            return new ObjectMapper().readTree(monitor("/varz")).path(field).asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the server says that it is healthy, which in a cluster means that JetStream is current. */
    public void awaitHealthy() {
        await("healthy", () -> open("/healthz").getResponseCode() == HttpURLConnection.HTTP_OK);
    }

    public void kill9() {
        process.kill9();
    }

    public void stop() {
        if (process.alive()) {
            sigcont();
            process.sigterm(PATIENCE);
        }
    }

    /** Stops the server if it runs, and starts it with the same ports, store and configuration. */
    public void restart() {
        stop();
        process.close();
        int logged = process.log().length();
        process = launch();
        awaitStarted(logged);
    }

    /** Replaces the extra part of the configuration and waits until the running server has taken it. */
    public void reload(String extra) {
        int logged = process.log().length();
        configure(extra);
        signal("HUP");
        await("reloaded", () -> process.log().indexOf("Reloaded server configuration", logged) >= 0);
    }

    /** Replaces the extra part of the configuration; a running server takes it with {@link #reload} only. */
    public void configure(String extra) {
        try {
            Files.writeString(configFile(), config.text(name(), port(), monitorPort.number(), home, extra));
        } catch (IOException e) {
            throw new UncheckedIOException("The configuration cannot be written", e);
        }
    }

    public void sigstop() {
        signal("STOP");
        var status = Path.of("/proc", Long.toString(pid()), "status");
        if (Files.exists(status)) {
            await("stopped", () -> Files.readString(status).contains("State:\tT"));
        }
    }

    public void sigcont() {
        signal("CONT");
    }

    /** Sends a signal by its name without {@code SIG}: {@code USR2} is lame duck mode, {@code HUP} a reload. */
    public void signal(String name) {
        process.signal(name);
    }

    @Override
    public void close() {
        process.close();
        clientPort.close();
        monitorPort.close();
        ProcessFiles.delete(home);
    }

    private ProcessUnderTest launch() {
        String binary = config.binary().path().toString();
        return ProcessUnderTest.start(
                name(), logs(), List.of(binary, "-c", configFile().toString()));
    }

    private Path configFile() {
        return home.resolve("nats-server.conf");
    }

    private void awaitStarted(int logged) {
        await("ready", () -> process.log().indexOf("Server is ready", logged) >= 0 && accepts());
    }

    private boolean accepts() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void await(String what, Callable<Boolean> condition) {
        Awaitility.await(name() + " " + what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .until(() -> {
                    if (!process.alive()) {
                        throw new IllegalStateException(
                                name() + " ended with " + process.exitValue() + " instead:\n" + process.log());
                    }
                    return condition.call();
                });
    }

    private HttpURLConnection open(String path) throws IOException {
        var url = URI.create("http://127.0.0.1:" + monitorPort.number() + path).toURL();
        var connection = (HttpURLConnection) url.openConnection();
        // No connection is kept: tests count threads and sockets.
        connection.setRequestProperty("Connection", "close");
        connection.setConnectTimeout(5000);
        connection.setReadTimeout(5000);
        return connection;
    }

    /** How a server is to be; everything has a default. */
    public static final class Builder {
        private NatsBinary binary = NatsBinary.DEFAULT;
        private boolean jetStream = true;
        private String name = "";
        private String cluster = "";
        private String extra = "";

        private Builder() {}

        public Builder version(NatsBinary version) {
            binary = version;
            return this;
        }

        public Builder jetStream(boolean on) {
            jetStream = on;
            return this;
        }

        /** Text that goes into the configuration file as it is, such as {@code authorization} or {@code tls} blocks. */
        public Builder config(String text) {
            extra = text;
            return this;
        }

        Builder clustered(String serverName, String content) {
            name = serverName;
            cluster = content;
            return this;
        }

        public NatsServer start() {
            return new NatsServer(new NatsServerConfig(binary, jetStream, name, cluster, extra));
        }
    }
}
