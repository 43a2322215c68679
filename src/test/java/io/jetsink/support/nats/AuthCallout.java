package io.jetsink.support.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NKey;
import io.nats.client.support.JwtUtils;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The service of an auth callout (ADR-26): it lets everybody in that has the right password, into the server's own account.
 *
 * <p>Threads: one that starts and stops it.
 */
public final class AuthCallout implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUESTS = "$SYS.REQ.USER.AUTH";
    private static final String ACCOUNT = "$G";
    private static final String ANYTHING = "{\"type\":\"user\",\"version\":2,\"subs\":-1,\"data\":-1,\"payload\":-1}";

    private final NKey issuer = NKey.createAccount(null);
    private final String password;
    private @Nullable Connection service;

    /** @param password that is right for every user */
    public AuthCallout(String password) throws IOException, GeneralSecurityException {
        this.password = password;
    }

    /** Of a server that asks this service, with a user {@code admin} that it does not ask for. */
    public String config() throws IOException, GeneralSecurityException {
        return "authorization { users: [{ user: admin, password: admin }]\n  auth_callout { issuer: "
                + new String(issuer.getPublicKey()) + ", auth_users: [ admin ] } }\n";
    }

    /** From now on it answers. */
    public void start(NatsServer server) throws IOException, InterruptedException {
        Connection answering =
                server.connect(options -> options.userInfo("admin", "admin").maxReconnects(-1));
        service = answering;
        answering.createDispatcher(request -> answer(answering, request)).subscribe(REQUESTS);
        try {
            answering.flush(Duration.ofSeconds(5));
        } catch (TimeoutException e) {
            throw new IOException("The server does not answer", e);
        }
    }

    /** From now on nobody does. */
    public void stop() throws InterruptedException {
        Connection running = service;
        if (running != null) {
            running.close();
        }
        service = null;
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    private void answer(Connection answering, Message request) {
        try {
            String claims = new String(request.getData(), US_ASCII).split("\\.")[1];
            JsonNode asked =
                    JSON.readTree(Base64.getUrlDecoder().decode(claims)).path("nats");
            String user = asked.path("user_nkey").asText();
            boolean right = asked.path("connect_opts").path("pass").asText().equals(password);
            String outcome =
                    right ? "\"jwt\":\"" + jwt(user, ACCOUNT, ANYTHING) + "\"" : "\"error\":\"wrong password\"";
            String response = jwt(
                    user,
                    asked.path("server_id").path("id").asText(),
                    "{\"type\":\"authorization_response\",\"version\":2," + outcome + "}");
            answering.publish(request.getReplyTo(), response.getBytes(US_ASCII));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("The auth callout cannot answer", e);
        }
    }

    private String jwt(String subject, String audience, String claim) throws IOException, GeneralSecurityException {
        return JwtUtils.issueJWT(
                issuer,
                subject,
                "bridge",
                Duration.ZERO,
                JwtUtils.currentTimeSeconds(),
                new String(issuer.getPublicKey()),
                audience,
                () -> claim);
    }
}
