package io.jetsink.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.jetsink.support.nats.NatsServer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a client and a server and keeps what the client sends, to be read as a server reads it: what a client
 * never meant to say shows up as an operation of its own. Thread-safe.
 */
public final class WireTap implements AutoCloseable {
    private final FaultProxy proxy;
    private final List<ByteArrayOutputStream> heard = new CopyOnWriteArrayList<>();

    private WireTap(FaultProxy proxy) {
        this.proxy = proxy;
        proxy.copy(() -> {
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            heard.add(copy);
            return copy;
        });
    }

    public static WireTap to(NatsServer server) {
        return new WireTap(FaultProxy.to(server));
    }

    public String url() {
        return proxy.url();
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
        proxy.close();
    }
}
