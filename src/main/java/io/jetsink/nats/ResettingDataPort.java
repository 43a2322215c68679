package io.jetsink.nats;

import io.nats.client.Connection;
import io.nats.client.Options;
import io.nats.client.impl.SocketDataPort;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The socket of one connection. Unlike the client's own, it verifies the host name of the server's certificate, and it closes
 * with a reset, so that no data that waits in the socket of a dead epoch reaches the server later.
 *
 * <p>Public, as is its constructor, because the client creates it by its class name.
 */
public final class ResettingDataPort extends SocketDataPort {
    /** Longest INFO line. A cluster that announces a thousand servers needs about 30 kB. */
    private static final int MAX_INFO = 1 << 20;

    private volatile @Nullable Socket plain;
    private volatile boolean infoRead;
    private int infoLength;
    /** Bytes that were read together with the INFO line. */
    private byte[] afterInfo = {};

    @Override
    public void upgradeToSecure() throws IOException {
        TlsContext tls = attempt().target().tls();
        if (tls == null) {
            throw new IOException("the server requires TLS, which is not configured");
        }
        if (afterInfo.length > 0) {
            // Anyone could have injected these bytes, so they must not count as encrypted.
            throw new SSLException("the server sent data before the TLS handshake");
        }
        plain = socket;
        int readMillis = socket.getSoTimeout();
        // A handshake over websockets runs on the connecting thread, which has no other timeout.
        socket.setSoTimeout(Math.toIntExact(options().getConnectionTimeout().toMillis()));
        SSLSocket secure = tls.handshake(socket, attempt().target().certificateHost(), port);
        secure.setSoTimeout(readMillis);
        socket = secure;
        in = secure.getInputStream();
        out = secure.getOutputStream();
        isSecure = true;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        try {
            int count = infoRead ? readOn(into, from, length) : readInfo(into, from, length);
            if (count < 0) {
                abortConnect(new EOFException("the server closed the connection"));
            }
            return count;
        } catch (IOException e) {
            abortConnect(e);
            throw e;
        }
    }

    /**
     * Returns bytes up to the end of the INFO line. An error may follow in the same read; the client would reject the bytes
     * after INFO instead of reporting that error.
     */
    private int readInfo(byte[] into, int from, int length) throws IOException {
        int count = super.read(into, from, length);
        for (int i = from; i < from + count; i++) {
            if (into[i] == '\n') {
                infoRead = true;
                afterInfo = Arrays.copyOfRange(into, i + 1, from + count);
                return i + 1 - from;
            }
        }
        infoLength += Math.max(count, 0);
        if (infoLength > MAX_INFO) {
            // The client would buffer the whole line.
            throw new IOException("the first line has more than " + MAX_INFO + " bytes: this is not a NATS server");
        }
        return count;
    }

    private int readOn(byte[] into, int from, int length) throws IOException {
        if (afterInfo.length == 0) {
            return super.read(into, from, length);
        }
        int count = Math.min(afterInfo.length, length);
        System.arraycopy(afterInfo, 0, into, from, count);
        afterInfo = Arrays.copyOfRange(afterInfo, count, afterInfo.length);
        return count;
    }

    /**
     * Ends the attempt to connect. A server that rejects the credentials closes the connection, but the client would wait for
     * a first PONG until its timeout.
     */
    private void abortConnect(IOException cause) {
        // Before the INFO line the client detects the end by itself.
        if (infoRead && attempt().connectionEndedEarly(cause)) {
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
        Socket underneath = plain;
        if (underneath == null) {
            super.shutdownInput();
        } else {
            // Ends the reader at once; the client would wait for a second.
            underneath.shutdownInput();
        }
    }

    @Override
    public void close() throws IOException {
        Socket underneath = plain == null ? socket : plain;
        if (underneath != null && !underneath.isClosed()) {
            underneath.setSoLinger(true, 0);
            underneath.close();
        }
        super.close();
    }

    @Override
    public void forceClose() throws IOException {
        close();
    }

    private ConnectAttempt attempt() {
        return (ConnectAttempt) options().getErrorListener();
    }

    private Options options() {
        Connection own = connection;
        return own.getOptions();
    }
}
