package io.jetsink.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A long way to a nats-server: delays all bytes by the same time in each direction, and passes as many per second as arrive.
 * Other than the proxy of the fault tests it does not look into what passes, so that it is no bottleneck.
 *
 * <p>Threads: four for each connection.
 */
final class DelayProxy implements AutoCloseable {
    private static final int CHUNK = 128 << 10;
    private static final int BUFFER = 2 << 20;

    private final ServerSocket listener;
    private final int serverPort;
    private final long delay;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private DelayProxy(int serverPort, Duration roundTrip) throws IOException {
        this.serverPort = serverPort;
        this.delay = roundTrip.toNanos() / 2;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setReceiveBufferSize(BUFFER);
    }

    static DelayProxy start(int serverPort, Duration roundTrip) throws IOException {
        DelayProxy proxy = new DelayProxy(serverPort, roundTrip);
        daemon("delay-accept", proxy::accept);
        return proxy;
    }

    String url() {
        return "nats://127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            sockets.add(client);
            sockets.add(server);
            pass(client, server);
            pass(server, client);
        }
    }

    private void pass(Socket from, Socket to) throws IOException {
        from.setTcpNoDelay(true);
        to.setSendBufferSize(BUFFER);
        BlockingQueue<Chunk> way = new LinkedBlockingQueue<>();
        daemon("delay-read", () -> read(from, way));
        daemon("delay-write", () -> write(to, way));
    }

    private void read(Socket from, BlockingQueue<Chunk> way) throws IOException {
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[CHUNK];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                way.add(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime() + delay));
            }
        } finally {
            way.add(new Chunk(new byte[0], System.nanoTime() + delay));
        }
    }

    /** An empty chunk is the end. */
    private void write(Socket to, BlockingQueue<Chunk> way) throws IOException, InterruptedException {
        try (to) {
            OutputStream out = to.getOutputStream();
            for (Chunk chunk = way.take(); chunk.bytes.length > 0; chunk = way.take()) {
                for (long left = chunk.due - System.nanoTime(); left > 0; left = chunk.due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                out.write(chunk.bytes);
            }
        } finally {
            sockets.remove(to);
        }
    }

    private static void daemon(String name, Part part) {
        Thread thread = new Thread(
                () -> {
                    try {
                        part.run();
                    } catch (IOException closed) {
                        // One side has closed its connection, and the other side is closed for that.
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Part {
        void run() throws IOException, InterruptedException;
    }

    private record Chunk(byte[] bytes, long due) {}
}
