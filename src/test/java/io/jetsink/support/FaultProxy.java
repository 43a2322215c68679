package io.jetsink.support;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bad network in front of one nats-server, on loopback: its {@link #url()} takes the server's place. Connections made
 * during a fault suffer it, too. Plain TCP without TLS only.
 *
 * <p>What a black hole holds is delivered when it ends, late, also if the client has hung up in between; to drop it,
 * {@link #reset()} before its end. A server on its own does not announce others, so nobody finds a way round.
 *
 * <p>Threads: all methods from any thread; two daemon threads for each connection.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    private static final String ANSWERS = "_INBOX.";

    private final ServerSocket listener;
    private final int serverPort;
    private final Gate toServer = new Gate();
    private final Gate toClient = new Gate();
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean droppingAnswers;

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

    /** Everything takes so much longer, either way. */
    public void delay(Duration by) {
        toServer.delay(by);
        toClient.delay(by);
    }

    /** Messages on inboxes get lost on their way to the client: acks, and answers to requests. */
    public void dropAnswers(boolean on) {
        droppingAnswers = on;
    }

    /** How many messages {@link #dropAnswers} has dropped. */
    public long dropped() {
        return dropped.get();
    }

    public int connections() {
        return pairs.size();
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
        daemon("to-client", () -> pair.pump(() -> messages(pair), pair::reset));
        pair.pump(() -> bytes(pair), pair.server::shutdownOutput);
    }

    private void bytes(Pair pair) throws IOException {
        InputStream in = pair.client.getInputStream();
        OutputStream out = pair.server.getOutputStream();
        byte[] chunk = new byte[CHUNK];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            toServer.pass();
            out.write(chunk, 0, count);
        }
    }

    /** The server's side is read message by message, so that some can be dropped. */
    private void messages(Pair pair) throws IOException {
        InputStream in = new BufferedInputStream(pair.server.getInputStream(), CHUNK);
        OutputStream out = new BufferedOutputStream(pair.client.getOutputStream(), CHUNK);
        for (byte[] line = line(in); line.length > 0; line = line(in)) {
            String[] words =
                    new String(line, StandardCharsets.ISO_8859_1).strip().split(" ");
            byte[] payload = {};
            boolean drop = false;
            if (words[0].equals("MSG") || words[0].equals("HMSG")) {
                int length = Integer.parseInt(words[words.length - 1]) + 2;
                payload = in.readNBytes(length);
                if (payload.length < length) {
                    throw new EOFException();
                }
                drop = droppingAnswers && words[1].startsWith(ANSWERS);
            }
            if (drop) {
                dropped.incrementAndGet();
            } else {
                toClient.pass();
                out.write(line);
                out.write(payload);
            }
            if (in.available() == 0) {
                out.flush();
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

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /** The end comes behind what was held: a reset would overtake it. */
        void pump(Pump pump, Pump atEnd) {
            try {
                pump.run();
            } catch (IOException hungUp) {
                // A client resets, a server that is killed does, too: an end as any other.
            }
            try {
                atEnd.run();
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

    /** What one direction has to pass. */
    private static final class Gate {
        private boolean held;
        private Duration delay = Duration.ZERO;

        synchronized void hold(boolean on) {
            held = on;
            notifyAll();
        }

        synchronized void delay(Duration by) {
            delay = by;
        }

        synchronized void pass() throws IOException {
            long due = System.nanoTime() + delay.toNanos();
            try {
                for (long left = delay.toNanos(); held || left > 0; left = due - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(this, held ? Long.MAX_VALUE : left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
