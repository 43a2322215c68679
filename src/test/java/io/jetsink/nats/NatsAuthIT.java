package io.jetsink.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.config.AuthSettings;
import io.jetsink.nats.ConnectFailedException.Reason;
import io.jetsink.support.nats.NatsOperator;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.NKey;
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
                Settings.assertFails(Reason.AUTHORIZATION, () -> connect(server, auth))
                        .hasMessageContainingAll(server.url(), "Authorization Violation", "nats.auth.*")
                        .hasMessageNotContaining("wr0ng");
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
        var operator = new NatsOperator();
        var user = operator.user();
        var file = Files.writeString(folder.resolve("user.creds"), user.credentials());
        try (var server = trusting(operator)) {
            assertConnects(server, Settings.credentials(user.credentials()));
            assertConnects(server, Settings.seed(user.seed(), user.jwt()));
            assertConnects(server, Settings.credentialsFile(file.toString()));
        }
    }

    @Test
    void anExpiredJwtIsRefusedWithoutShowingIt() throws Exception {
        var operator = new NatsOperator();
        var user = operator.expiredUser();
        try (var server = trusting(operator)) {
            Settings.assertFails(Reason.AUTHORIZATION, () -> connect(server, Settings.credentials(user.credentials())))
                    .hasMessageContaining("nats.auth.*")
                    .hasMessageNotContaining(user.seed())
                    .hasMessageNotContaining(user.jwt());
        }
    }

    @Test
    void credentialsFilesAreReadAgainForEachConnection(@TempDir Path folder) throws Exception {
        var operator = new NatsOperator();
        var file = folder.resolve("user.creds");
        try (var server = trusting(operator)) {
            var auth = Settings.credentialsFile(file.toString());
            var connector = Settings.connector(Settings.with(auth, Settings.NO_TLS, server.url()));

            Files.writeString(file, new NatsOperator().user().credentials());
            assertThatThrownBy(() -> connector.connect(List.of(), () -> heard)).hasMessageContaining("Authorization");
            Files.writeString(file, operator.user().credentials());
            try (var link = connector.connect(List.of(), () -> heard)) {
                link.connection().flush(Duration.ofSeconds(5));
            }
        }
    }

    private static NatsServer trusting(NatsOperator operator) throws Exception {
        return NatsServer.builder().jetStream(false).config(operator.config()).start();
    }

    private static NatsServer withAuthorization(String content) {
        return NatsServer.builder().config("authorization { " + content + " }").start();
    }

    private void assertConnects(NatsServer server, AuthSettings auth) throws Exception {
        try (var link = connect(server, auth)) {
            link.connection().flush(Duration.ofSeconds(5));
        }
        assertThat(heard.serverErrors).isEmpty();
    }

    private OpenConnection connect(NatsServer server, AuthSettings auth) throws Exception {
        return Settings.connector(Settings.with(auth, Settings.NO_TLS, server.url()))
                .connect(List.of(), () -> heard);
    }
}
