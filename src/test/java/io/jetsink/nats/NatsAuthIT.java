package io.jetsink.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.config.AuthSettings;
import io.jetsink.nats.ConnectFailedException.Reason;
import io.jetsink.support.NatsServer;
import io.nats.client.NKey;
import io.nats.client.support.JwtUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsAuthIT {
    /** Of {@code correct horse}, at the lowest cost there is. */
    private static final String BCRYPT = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";

    private final Heard heard = new Heard();

    @Test
    void userAndPasswordArePassedOnWhateverCharactersTheyHave() throws Exception {
        try (var server = withAuthorization("user: 'o\"dd', password: 'pa\\ss\"wörd'")) {
            assertConnects(server, Settings.user("o\"dd", "pa\\ss\"wörd"));
        }
    }

    @Test
    void passwordsMayBeKeptAsBcryptHashes() throws Exception {
        try (var server = withAuthorization("user: u, password: '" + BCRYPT + "'")) {
            assertConnects(server, Settings.user("u", "correct horse"));
        }
    }

    @Test
    void tokensArePassedOnWhateverCharactersTheyHave() throws Exception {
        try (var server = withAuthorization("token: 'to\"k\\en'")) {
            assertConnects(server, Settings.token("to\"k\\en"));
        }
    }

    @Test
    void refusedCredentialsAreNamedAsTheReasonAtOnceAndNeverShown() throws Exception {
        try (var server = withAuthorization("user: u, password: right")) {
            for (var auth : List.of(Settings.user("u", "wr0ng"), Settings.token("wr0ng"), Settings.NO_AUTH)) {
                var start = System.nanoTime();
                assertThatThrownBy(() -> connect(server, auth))
                        .isInstanceOfSatisfying(
                                ConnectFailedException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.AUTHORIZATION))
                        .hasMessageContaining(server.url())
                        .hasMessageContaining("Authorization Violation")
                        .hasMessageContaining("nats.auth.*")
                        .hasMessageNotContaining("wr0ng");
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            }
        }
    }

    @Test
    void nkeySeedsAnswerTheServersChallenge() throws Exception {
        var user = NKey.createUser(null);
        try (var server = withAuthorization("users: [{ nkey: " + new String(user.getPublicKey()) + " }]")) {
            assertConnects(server, Settings.seed(new String(user.getSeed()) + "\n", null));
            assertThatThrownBy(() -> connect(
                            server,
                            Settings.seed(new String(NKey.createUser(null).getSeed()), null)))
                    .hasMessageContaining("Authorization Violation");
        }
    }

    @Test
    void userJwtsWorkAsFileAsContentAndInParts(@TempDir Path folder) throws Exception {
        var operator = NKey.createOperator(null);
        var account = NKey.createAccount(null);
        var user = NKey.createUser(null);
        var jwt = JwtUtils.issueUserJWT(account, publicKey(account), publicKey(user));
        var creds = String.format(JwtUtils.NATS_USER_JWT_FORMAT, jwt, new String(user.getSeed()));
        var file = Files.writeString(folder.resolve("user.creds"), creds);
        try (var server = NatsServer.builder()
                .jetStream(false)
                .config(operatorMode(operator, account))
                .start()) {
            assertConnects(server, Settings.credentials(creds));
            assertConnects(server, Settings.seed(new String(user.getSeed()), jwt));
            assertConnects(server, Settings.credentialsFile(file.toString()));
        }
    }

    @Test
    void anExpiredJwtIsRefusedWithoutShowingIt() throws Exception {
        var operator = NKey.createOperator(null);
        var account = NKey.createAccount(null);
        var user = NKey.createUser(null);
        var jwt = JwtUtils.issueUserJWT(
                account,
                publicKey(account),
                publicKey(user),
                "late",
                Duration.ofHours(1),
                new String[0],
                JwtUtils.currentTimeSeconds() - 7_200);
        var seed = new String(user.getSeed());
        try (var server = NatsServer.builder()
                .jetStream(false)
                .config(operatorMode(operator, account))
                .start()) {
            assertThatThrownBy(() -> connect(server, Settings.seed(seed, jwt)))
                    .isInstanceOfSatisfying(
                            ConnectFailedException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.AUTHORIZATION))
                    .hasMessageContaining("nats.auth.*")
                    .hasMessageNotContaining(seed)
                    .hasMessageNotContaining(jwt);
        }
    }

    @Test
    void credentialsFilesAreReadAgainForEachConnection(@TempDir Path folder) throws Exception {
        var operator = NKey.createOperator(null);
        var account = NKey.createAccount(null);
        var user = NKey.createUser(null);
        var file = folder.resolve("user.creds");
        var stranger = NKey.createAccount(null);
        var wrong = JwtUtils.issueUserJWT(stranger, publicKey(stranger), publicKey(user));
        var right = JwtUtils.issueUserJWT(account, publicKey(account), publicKey(user));
        try (var server = NatsServer.builder()
                .jetStream(false)
                .config(operatorMode(operator, account))
                .start()) {
            var auth = Settings.credentialsFile(file.toString());
            var connector = Settings.connector(Settings.with(auth, Settings.NO_TLS, server.url()));

            Files.writeString(file, String.format(JwtUtils.NATS_USER_JWT_FORMAT, wrong, new String(user.getSeed())));
            assertThatThrownBy(() -> connector.connect(List.of(), heard)).hasMessageContaining("Authorization");
            Files.writeString(file, String.format(JwtUtils.NATS_USER_JWT_FORMAT, right, new String(user.getSeed())));
            try (var link = connector.connect(List.of(), heard)) {
                link.connection().flush(Duration.ofSeconds(5));
            }
        }
    }

    private static NatsServer withAuthorization(String content) {
        return NatsServer.builder().config("authorization { " + content + " }").start();
    }

    private static String operatorMode(NKey operator, NKey account) throws Exception {
        var limits = "\"limits\":{\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,\"conn\":-1}";
        var operatorJwt = jwt(operator, operator, "{\"type\":\"operator\",\"version\":2}");
        var accountJwt = jwt(operator, account, "{\"type\":\"account\",\"version\":2," + limits + "}");
        return "operator: " + operatorJwt + "\nresolver: MEMORY\nresolver_preload: { " + publicKey(account) + ": "
                + accountJwt + " }";
    }

    private static String jwt(NKey issuer, NKey subject, String claim) throws Exception {
        var now = JwtUtils.currentTimeSeconds();
        return JwtUtils.issueJWT(
                issuer, publicKey(subject), "test", Duration.ZERO, now, publicKey(issuer), () -> claim);
    }

    private static String publicKey(NKey key) throws Exception {
        return new String(key.getPublicKey());
    }

    private void assertConnects(NatsServer server, AuthSettings auth) throws Exception {
        try (var link = connect(server, auth)) {
            link.connection().flush(Duration.ofSeconds(5));
        }
        assertThat(heard.serverErrors).isEmpty();
    }

    private NatsLink connect(NatsServer server, AuthSettings auth) throws Exception {
        return Settings.connector(Settings.with(auth, Settings.NO_TLS, server.url()))
                .connect(List.of(), heard);
    }
}
