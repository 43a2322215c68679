package io.jetsink.nats;

import static io.jetsink.support.Thrown.assertThrown;

import io.jetsink.config.AuthSettings;
import io.jetsink.config.ConnectionSettings;
import io.jetsink.config.TlsSettings;
import io.jetsink.nats.ConnectFailedException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Settings as the tests of this package need them, and the failures that come of them. */
final class Settings {
    static final AuthSettings NO_AUTH = new AuthSettings(null, null, null, null, null, null, null);
    static final TlsSettings NO_TLS = new TlsSettings(Map.of(), false, true, false);

    private Settings() {}

    static ConnectionSettings plain(String... servers) {
        return with(NO_AUTH, NO_TLS, servers);
    }

    static ConnectionSettings with(AuthSettings auth, TlsSettings tls, String... servers) {
        return new ConnectionSettings(
                List.of(servers),
                null,
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(10),
                "_INBOX",
                auth,
                tls,
                null);
    }

    static NatsConnector connector(ConnectionSettings settings) {
        return new NatsConnector(settings, "test-0", Duration.ofSeconds(5), 1000);
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertFails(Reason reason, ThrowingCallable connect) {
        return assertThrown(ConnectFailedException.class, connect).hasFieldOrPropertyWithValue("reason", reason);
    }

    static AuthSettings user(String name, String password) {
        return new AuthSettings(name, new Password(password), null, null, null, null, null);
    }

    static AuthSettings token(String token) {
        return new AuthSettings(null, null, new Password(token), null, null, null, null);
    }

    static AuthSettings credentialsFile(String file) {
        return new AuthSettings(null, null, null, file, null, null, null);
    }

    static AuthSettings credentials(String content) {
        return new AuthSettings(null, null, null, null, new Password(content), null, null);
    }

    static AuthSettings seed(String seed, @Nullable String jwt) {
        return new AuthSettings(
                null, null, null, null, null, new Password(seed), jwt == null ? null : new Password(jwt));
    }
}
