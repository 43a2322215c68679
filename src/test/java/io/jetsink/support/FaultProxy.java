package io.jetsink.support;

import io.jetsink.support.nats.NatsServer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bad network in front of one nats-server, on loopback: its {@link #url()} takes the server's place. Connections made
 * during a fault suffer it, too. Plain TCP without TLS only.
 *
 * <p>What a black hole holds is delivered when it ends, late, also if the client has hung up in between; to drop it,
 * {@link #reset()} before its end. A server on its own does not announce others, so nobody finds a way round.
 *
 * <p>Threads: all methods from any thread; four daemon threads for each connection.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    private static final String ANSWERS = "_INBOX.";
    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]*)\"");

    private final ServerSocket listener;
    private final int serverPort;
    private final FaultDirection toServer = new FaultDirection();
    private final FaultDirection toClient = new FaultDirection();
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Map<String, AtomicLong> connectionsByName = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> bytesByName = new ConcurrentHashMap<>();
    private volatile boolean droppingAnswers;
    private volatile Supplier<? extends OutputStream> copies = OutputStream::nullOutputStream;

    private FaultProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("No port for a proxy", e);
        }
        daemon("accept", this::accept);
    }

    public static FaultProxy to(NatsServer server) {
        return to(server.port());
    }

    static FaultProxy to(int serverPort) {
        return new FaultProxy(serverPort);
    }

    public String url() {
        return "nats://127.0.0.1:" + listener.getLocalPort();
    }

    /** Resets all connections, on both sides; what is under way is lost. */
    public void reset() {
        pairs.forEach(Pair::reset);
    }

    /** Nothing passes, either way, until it is switched off. */
    public void blackHole(boolean on) {
        holdToServer(on);
        holdToClient(on);
    }

    public void holdToServer(boolean on) {
        toServer.hold(on);
    }

    public void holdToClient(boolean on) {
        toClient.hold(on);
    }

    /** Everything takes so much longer, either way; as much is under way meanwhile as the connection takes. */
    public void delay(Duration by) {
        toServer.delay(by);
        toClient.delay(by);
    }

    /** Each connection takes so many bytes a second, either way; zero: as fast as it goes. */
    public void throttle(long bytesPerSecond) {
        toServer.throttle(bytesPerSecond);
        toClient.throttle(bytesPerSecond);
    }

    /**
     * New connections have so many bytes under way at most, each way. What waits in a sender's buffers counts, too: they are
     * made as small as systems allow.
     */
    public void room(int bytes) {
        toServer.room(bytes);
        toClient.room(bytes);
        try {
            listener.setReceiveBufferSize(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy's buffer cannot be set", e);
        }
    }

    /** The client hears the end of every connection, and can still be heard. */
    public void endToClient() {
        pairs.forEach(Pair::endToClient);
    }

    /** The server hears the end of every connection, and can still be heard. */
    public void endToServer() {
        pairs.forEach(Pair::endToServer);
    }

    /** What the server says on the connections that are now is lost; they stay as they are, and can still be heard. */
    public void deafen() {
        pairs.forEach(pair -> pair.endedToClient = true);
    }

    /** The connection on which the so-many-th byte from now goes to the server is reset before it has, once. */
    public void cutToServerAfter(long bytes) {
        toServer.cutAfter(bytes);
    }

    /** The same the other way: the client gets a part of what the server has said. */
    public void cutToClientAfter(long bytes) {
        toClient.cutAfter(bytes);
    }

    /** Messages on inboxes come so much later to the client, and other ones overtake them. */
    public void delayAnswers(Duration by) {
        toClient.delayAnswers(by);
    }

    /** Messages on inboxes get lost on their way to the client: acks, and answers to requests. */
    public void dropAnswers(boolean on) {
        droppingAnswers = on;
    }

    /** All that is sent on a client's next connections goes into one of these, too. */
    void copy(Supplier<? extends OutputStream> perConnection) {
        copies = perConnection;
    }

    /** How many messages {@link #dropAnswers} has dropped. */
    public long dropped() {
        return dropped.get();
    }

    public int connections() {
        return pairs.size();
    }

    /** How many connections there were so far, also those that a dead server did not take. */
    public long accepted() {
        return accepted.get();
    }

    /** How many connections there were so far whose clients' names begin so. */
    public long connectionsOf(String name) {
        return sum(connectionsByName, name);
    }

    /** How many bytes clients whose names begin so have sent, as far as they came through. */
    public long bytesOf(String name) {
        return sum(bytesByName, name);
    }

    private static long sum(Map<String, AtomicLong> byName, String prefix) {
        return byName.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToLong(entry -> entry.getValue().get())
                .sum();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The proxy's port cannot be let go", e);
        } finally {
            reset();
            blackHole(false);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                daemon("open", () -> open(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException("The proxy cannot accept", e);
                }
            }
        }
    }

    private void open(Socket client) {
        Pair pair = new Pair(client, new Socket());
        pairs.add(pair);
        try {
            pair.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
            client.setTcpNoDelay(true);
            pair.server.setTcpNoDelay(true);
        } catch (IOException serverIsDown) {
            pair.reset();
            return;
        }
        daemon("from-server", () -> read(() -> messages(pair), pair.toClient));
        daemon("to-client", () -> pair.pass(pair.toClient, pair.client, pair::reset));
        daemon("from-client", () -> read(() -> bytes(pair), pair.toServer));
        pair.pass(pair.toServer, pair.server, pair.server::shutdownOutput);
    }

    private static void read(Pump pump, FaultPipe pipe) {
        try {
            pump.run();
        } catch (IOException hungUp) {
            // A client resets, a server that is killed does, too: an end as any other.
        }
        pipe.end();
    }

    private void bytes(Pair pair) throws IOException {
        InputStream in = pair.client.getInputStream();
        OutputStream copy = copies.get();
        byte[] chunk = new byte[CHUNK];
        AtomicLong passed = null;
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            if (passed == null) {
                passed = counted(new String(chunk, 0, count, StandardCharsets.ISO_8859_1));
            }
            passed.addAndGet(count);
            copy.write(chunk, 0, count);
            if (!pair.endedToServer) {
                pair.toServer.put(chunk, count, false);
            }
        }
    }

    /** @param first what a client sends first, which is CONNECT with its name, in one piece */
    private AtomicLong counted(String first) {
        Matcher name = NAME.matcher(first);
        String found = name.find() ? name.group(1) : "";
        connectionsByName.computeIfAbsent(found, any -> new AtomicLong()).incrementAndGet();
        return bytesByName.computeIfAbsent(found, any -> new AtomicLong());
    }

    /** The server's side is read message by message, so that some can be dropped. */
    private void messages(Pair pair) throws IOException {
        InputStream in = new BufferedInputStream(pair.server.getInputStream(), CHUNK);
        for (byte[] line = line(in); line.length > 0; line = line(in)) {
            String[] words =
                    new String(line, StandardCharsets.ISO_8859_1).strip().split(" ");
            byte[] message = line;
            boolean answer = false;
            if (words[0].equals("MSG") || words[0].equals("HMSG")) {
                int length = Integer.parseInt(words[words.length - 1]) + 2;
                message = Arrays.copyOf(line, line.length + length);
                if (in.readNBytes(message, line.length, length) < length) {
                    throw new EOFException();
                }
                answer = words[1].startsWith(ANSWERS);
            }
            if (answer && droppingAnswers) {
                dropped.incrementAndGet();
            } else if (!pair.endedToClient) {
                pair.toClient.put(message, message.length, answer);
            }
        }
    }

    /** With its end, or empty if nothing more comes. */
    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
        }
        return line.toByteArray();
    }

    private static void daemon(String name, Runnable task) {
        var thread = new Thread(task, "fault-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One client's connection and its other half. */
    private final class Pair {
        private final Socket client;
        private final Socket server;
        private final FaultPipe toServer = new FaultPipe(FaultProxy.this.toServer);
        private final FaultPipe toClient = new FaultPipe(FaultProxy.this.toClient);
        private volatile boolean endedToServer;
        private volatile boolean endedToClient;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /** The end comes behind what was held: a reset would overtake it. */
        void pass(FaultPipe pipe, Socket to, Pump atEnd) {
            try {
                pipe.run(to.getOutputStream());
                atEnd.run();
            } catch (IOException cutOrClosed) {
                reset();
            }
        }

        void endToServer() {
            endedToServer = true;
            shutdown(server);
        }

        void endToClient() {
            endedToClient = true;
            shutdown(client);
        }

        private void shutdown(Socket socket) {
            try {
                socket.shutdownOutput();
            } catch (IOException isClosed) {
                reset();
            }
        }

        synchronized void reset() {
            pairs.remove(this);
            for (Socket socket : List.of(client, server)) {
                try (socket) {
                    if (socket.isConnected() && !socket.isClosed()) {
                        socket.setSoLinger(true, 0);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException("A connection cannot be reset", e);
                }
            }
        }
    }

    private interface Pump {
        void run() throws IOException;
    }
}
