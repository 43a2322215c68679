package io.jetsink.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NKey;
import io.nats.client.support.JwtUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An auth callout (ADR-26, nats-server 2.10 and later): the server asks this service about each login, except that of
 * {@code admin}. While the service is not started nobody answers. It lets everybody in.
 */
public final class AuthCallout implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUBJECT = "$SYS.REQ.USER.AUTH";
    private static final String ACCOUNT = "APP";

    private final NKey issuer = NKey.createAccount(null);
    private @Nullable Connection connection;

    public AuthCallout() throws IOException, GeneralSecurityException {}

    /** Of the server, which waits a second for the answer. */
    public String config() throws IOException, GeneralSecurityException {
        return "accounts {\n  AUTH: { users: [ { user: auth, password: auth } ] }\n  " + ACCOUNT
                + ": { jetstream: enabled, users: [ { user: admin, password: admin } ] }\n}\n"
                + "authorization { timeout: 1, auth_callout { issuer: " + publicKey()
                + ", account: AUTH, auth_users: [ auth, admin ] } }\n";
    }

    /** Begins to answer. */
    public void start(NatsServer nats) throws IOException, InterruptedException, TimeoutException {
        Connection service = nats.connect(options -> options.userInfo("auth", "auth"));
        connection = service;
        service.createDispatcher(request -> service.publish(request.getReplyTo(), answer(request)))
                .subscribe(SUBJECT);
        service.flush(Duration.ofSeconds(5));
    }

    private byte[] answer(Message request) {
        try {
            String claims = new String(request.getData(), StandardCharsets.US_ASCII).split("\\.")[1];
            JsonNode asked = JSON.readTree(Base64.getUrlDecoder().decode(claims)).path("nats");
            String user = asked.path("user_nkey").asText();
            String login = issue(
                    user,
                    ACCOUNT,
                    "{\"type\":\"user\",\"version\":2,\"subs\":-1,\"data\":-1,\"payload\":-1,\"pub\":{},\"sub\":{}}");
            return issue(
                            user,
                            asked.path("server_id").path("id").asText(),
                            "{\"type\":\"authorization_response\",\"version\":2,\"jwt\":\"" + login + "\"}")
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String issue(String subject, String audience, String claims) throws IOException, GeneralSecurityException {
        return JwtUtils.issueJWT(
                issuer,
                subject,
                "anybody",
                Duration.ZERO,
                JwtUtils.currentTimeSeconds(),
                publicKey(),
                audience,
                () -> claims);
    }

    private String publicKey() throws IOException, GeneralSecurityException {
        return new String(issuer.getPublicKey());
    }

    @Override
    public void close() throws InterruptedException {
        Connection service = connection;
        if (service != null) {
            service.close();
        }
    }
}
