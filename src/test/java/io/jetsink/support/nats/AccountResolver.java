package io.jetsink.support.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * The account server of a nats-server with {@code resolver: URL(…)}: an account's JWT by its public key. It may boot later
 * than the server does: until then it knows the system account alone, without which no server starts.
 */
public final class AccountResolver implements AutoCloseable {
    private static final String PATH = "/jwt/v1/accounts/";

    private final HttpServer server;
    private final Map<String, String> accounts;
    private final String system;
    private volatile boolean booted = true;

    /**
     * @param accounts JWTs by public keys
     * @param system the public key of the system account
     */
    AccountResolver(Map<String, String> accounts, String system) {
        this.accounts = accounts;
        this.system = system;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("The account resolver cannot start", e);
        }
        server.createContext(PATH, this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
    }

    /** Whether it knows every account. */
    public void booted(boolean on) {
        booted = on;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** The path alone is how a server asks whether there is anybody. */
    private void answer(HttpExchange exchange) throws IOException {
        String account = exchange.getRequestURI().getPath().substring(PATH.length());
        boolean known = account.isEmpty() || accounts.containsKey(account) && (booted || account.equals(system));
        byte[] body = accounts.getOrDefault(account, "none").getBytes(US_ASCII);
        exchange.sendResponseHeaders(known ? 200 : 503, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
