package io.jetsink.nats;

import io.nats.client.Options;
import io.nats.client.impl.SocketDataPort;
import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * The socket of one connection. It does what the client leaves out: it checks whom the server's certificate is for, and
 * it closes with a reset, so that nothing that waits in a dead epoch's socket reaches the server after all.
 *
 * <p>Public with a public constructor because the client makes it by its class name.
 */
public final class LinkPort extends SocketDataPort {
    private @Nullable LinkMonitor monitor;
    private @Nullable Socket plain;
    private int handshakeMillis;

    public LinkPort() {}

    @Override
    public void afterConstruct(Options options) {
        if (!(options.getErrorListener() instanceof LinkMonitor mine)) {
            throw new IllegalArgumentException("LinkPort serves connections of NatsConnector only");
        }
        monitor = mine;
        handshakeMillis = Math.toIntExact(options.getConnectionTimeout().toMillis());
    }

    @Override
    public void upgradeToSecure() throws IOException {
        var tls = target().tls();
        if (tls == null) {
            throw new IOException("the server asks for TLS, which is not configured");
        }
        plain = socket;
        int readMillis = socket.getSoTimeout();
        // A handshake over web sockets runs on the connecting thread, where nothing else ends it.
        socket.setSoTimeout(handshakeMillis);
        var secure = tls.handshake(socket, target().certificateHost(), port);
        secure.setSoTimeout(readMillis);
        socket = secure;
        in = secure.getInputStream();
        out = secure.getOutputStream();
        isSecure = true;
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

    private LinkTarget target() {
        if (monitor == null) {
            throw new IllegalStateException("afterConstruct comes first");
        }
        return monitor.target();
    }
}
