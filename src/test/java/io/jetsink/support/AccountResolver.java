package io.jetsink.support;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What {@code resolver: URL(…)} of a nats-server asks for the JWTs of accounts. It knows none at first. */
public final class AccountResolver implements AutoCloseable {
    private static final String PATH = "/jwt/v1/accounts/";

    private final Map<String, String> accounts = new ConcurrentHashMap<>();
    private final HttpServer http;

    public AccountResolver() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(PATH, this::answer);
        http.start();
    }

    public String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + PATH;
    }

    /** @param accounts JWTs by the accounts' public keys */
    public void publish(Map<String, String> accounts) {
        this.accounts.putAll(accounts);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String account = exchange.getRequestURI().getPath().substring(PATH.length());
        // A server that starts asks for no account to see whether anybody is there.
        String jwt = account.isEmpty() ? "here" : accounts.get(account);
        byte[] body = jwt == null ? new byte[0] : jwt.getBytes(US_ASCII);
        try (exchange) {
            exchange.sendResponseHeaders(jwt == null ? 404 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
