package io.jetsink.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jetsink.support.nats.NatsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a client and a server and keeps what the client sends, to be read as a server reads it: what a client
 * never meant to say shows up as an operation of its own. Thread-safe.
 */
public final class WireTap implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final List<ByteArrayOutputStream> heard = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private WireTap(int serverPort) {
        this.serverPort = serverPort;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("No port for the tap", e);
        }
        daemon(this::accept);
    }

    public static WireTap to(NatsServer server) {
        return new WireTap(server.port());
    }

    public String url() {
        return "nats://127.0.0.1:" + listener.getLocalPort();
    }

    /**
     * One operation of the client.
     *
     * @param line without its end, such as {@code HPUB orders _INBOX.x 30 32}
     * @param payload header block included, empty for none
     */
    public record Operation(String line, String payload) {
        public String verb() {
            return line.split(" ", 2)[0];
        }

        /** Of a publish or a subscription. */
        public String subject() {
            return line.split(" ")[1];
        }
    }

    /** What all clients have sent so far, whole operations only. */
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (ByteArrayOutputStream connection : heard) {
            parse(connection.toString(ISO_8859_1), operations);
        }
        return operations;
    }

    private static void parse(String bytes, List<Operation> operations) {
        int at = 0;
        while (true) {
            int end = bytes.indexOf("\r\n", at);
            if (end < 0) {
                return;
            }
            String line = bytes.substring(at, end);
            at = end + 2;
            String payload = "";
            if (line.startsWith("PUB ") || line.startsWith("HPUB ")) {
                int length = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
                if (bytes.length() < at + length + 2) {
                    return;
                }
                payload = bytes.substring(at, at + length);
                at += length + 2;
            }
            operations.add(new Operation(line, payload));
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The tap cannot be closed", e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                Socket server = new Socket();
                sockets.add(server);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                heard.add(copy);
                daemon(() -> pump(client, server, copy));
                daemon(() -> pump(server, client, null));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException("The tap cannot accept", e);
                }
            }
        }
    }

    private static void pump(Socket from, Socket to, ByteArrayOutputStream copy) {
        byte[] chunk = new byte[64 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (copy != null) {
                    copy.write(chunk, 0, count);
                }
                out.write(chunk, 0, count);
            }
        } catch (IOException hungUp) {
            // The end of a connection, as any other.
            return;
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "wire-tap");
        thread.setDaemon(true);
        thread.start();
    }
}
