package io.jetsink.nats;

import io.nats.client.Connection;
import io.nats.client.Options;
import io.nats.client.impl.SocketDataPort;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The socket of one connection. It does what the client leaves out: it checks whom the server's certificate is for, and
 * it closes with a reset, so that nothing that waits in a dead epoch's socket reaches the server after all.
 *
 * <p>Public with a public constructor because the client makes it by its class name.
 */
public final class ResettingDataPort extends SocketDataPort {
    /** Of the first line. A cluster of a thousand servers that lists them all needs some 30 kB. */
    private static final int MAX_GREETING = 1 << 20;

    private @Nullable ConnectAttempt monitor;
    private @Nullable Options options;
    private volatile @Nullable Socket plain;
    private volatile boolean greeted;
    private int greeting;
    /** Read along with the server's first line. */
    private byte[] early = {};

    public ResettingDataPort() {}

    @Override
    public void afterConstruct(Options given) {
        if (!(given.getErrorListener() instanceof ConnectAttempt mine)) {
            throw new IllegalArgumentException("LinkPort serves connections of NatsConnector only");
        }
        monitor = mine;
        options = given;
    }

    @Override
    public void upgradeToSecure() throws IOException {
        var tls = monitor().target().tls();
        if (tls == null) {
            throw new IOException("the server asks for TLS, which is not configured");
        }
        if (early.length > 0) {
            // Anybody could have written it, so it must not pass as secured.
            throw new SSLException("the server sent something before the handshake");
        }
        plain = socket;
        int readMillis = socket.getSoTimeout();
        // A handshake over web sockets runs on the connecting thread, where nothing else ends it.
        socket.setSoTimeout(Math.toIntExact(options().getConnectionTimeout().toMillis()));
        var secure = tls.handshake(socket, monitor().target().certificateHost(), port);
        secure.setSoTimeout(readMillis);
        socket = secure;
        in = secure.getInputStream();
        out = secure.getOutputStream();
        isSecure = true;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        try {
            int count = greeted ? readOn(into, from, length) : readGreeting(into, from, length);
            if (count < 0) {
                endWaiting(new EOFException("the server hung up"));
            }
            return count;
        } catch (IOException e) {
            endWaiting(e);
            throw e;
        }
    }

    /**
     * Hands out no more than the server's first line. What comes with it is the reason why the server will hang up, which
     * the client would not read, but complain of.
     */
    private int readGreeting(byte[] into, int from, int length) throws IOException {
        int count = super.read(into, from, length);
        for (int i = from; i < from + count; i++) {
            if (into[i] == '\n') {
                greeted = true;
                early = Arrays.copyOfRange(into, i + 1, from + count);
                return i + 1 - from;
            }
        }
        greeting += Math.max(count, 0);
        if (greeting > MAX_GREETING) {
            // The client would keep all of it.
            throw new IOException("the first line is longer than " + MAX_GREETING + " bytes: no NATS server");
        }
        return count;
    }

    private int readOn(byte[] into, int from, int length) throws IOException {
        if (early.length == 0) {
            return super.read(into, from, length);
        }
        int count = Math.min(early.length, length);
        System.arraycopy(early, 0, into, from, count);
        early = Arrays.copyOfRange(early, count, early.length);
        return count;
    }

    /**
     * A server that does not take our credentials says so and hangs up. The client, which waits for a first PONG, would
     * do so until its timeout.
     */
    private void endWaiting(IOException why) {
        // Before the server's first line the client notices by itself.
        if (greeted && monitor().hungUp(why)) {
            Connection waiting = connection;
            options().getExecutor().execute(() -> {
                try {
                    waiting.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    @Override
    public void shutdownInput() throws IOException {
        var underneath = plain;
        if (underneath == null) {
            super.shutdownInput();
        } else {
            // Wakes the reader at once; the client would wait for a second instead.
            underneath.shutdownInput();
        }
    }

    @Override
    public void close() throws IOException {
        reset();
        super.close();
    }

    @Override
    public void forceClose() throws IOException {
        close();
    }

    private void reset() throws IOException {
        var underneath = plain == null ? socket : plain;
        if (underneath != null && !underneath.isClosed()) {
            underneath.setSoLinger(true, 0);
            underneath.close();
        }
    }

    private ConnectAttempt monitor() {
        return Objects.requireNonNull(monitor, "afterConstruct comes first");
    }

    private Options options() {
        return Objects.requireNonNull(options, "afterConstruct comes first");
    }
}
