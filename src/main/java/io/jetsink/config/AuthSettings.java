package io.jetsink.config;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * The credentials for NATS. At most one method is configured: user name with password, token, credentials file, content of
 * such a file, nkey seed, or nkey seed with user JWT. The components of other methods are null.
 */
public record AuthSettings(
        @Nullable String username,
        @Nullable Password password,
        @Nullable Password token,
        @Nullable String credentialsFile,
        @Nullable Password credentials,
        @Nullable Password nkeySeed,
        @Nullable Password jwt) {

    public static final String USERNAME_CONFIG = "nats.auth.username";
    public static final String PASSWORD_CONFIG = "nats.auth.password";
    public static final String TOKEN_CONFIG = "nats.auth.token";
    public static final String CREDENTIALS_FILE_CONFIG = "nats.auth.credentials.file";
    public static final String CREDENTIALS_CONFIG = "nats.auth.credentials";
    public static final String NKEY_SEED_CONFIG = "nats.auth.nkey.seed";
    public static final String JWT_CONFIG = "nats.auth.jwt";

    /** The keys of each method. */
    private static final List<List<String>> METHODS = List.of(
            List.of(USERNAME_CONFIG, PASSWORD_CONFIG),
            List.of(TOKEN_CONFIG),
            List.of(CREDENTIALS_FILE_CONFIG),
            List.of(CREDENTIALS_CONFIG),
            List.of(NKEY_SEED_CONFIG, JWT_CONFIG));

    static void define(ConfigDef def) {
        new KeyGroup(def, "Authentication")
                .text(USERNAME_CONFIG, null, ValueRule.text(), Importance.HIGH, "User name")
                .doc("User name for authentication, together with " + PASSWORD_CONFIG + ".")
                .secret(PASSWORD_CONFIG, ValueRule.secret(), "Password")
                .doc("Password of the user in " + USERNAME_CONFIG + ".")
                .secret(TOKEN_CONFIG, ValueRule.secret(), "Token")
                .doc("Token for authentication.")
                .text(CREDENTIALS_FILE_CONFIG, null, CredentialsRules.file(), Importance.HIGH, "Credentials file")
                .doc("Path, on every worker, of a credentials file with a user JWT and an nkey seed, as nsc writes it. "
                        + "The file is read again for every connection, so that a rotated file is used.")
                .secret(CREDENTIALS_CONFIG, CredentialsRules.content(), "Credentials")
                .doc("Content of a credentials file, preferably from a config provider, such as "
                        + "${dir:/etc/secrets:nats.creds}.")
                .secret(NKEY_SEED_CONFIG, CredentialsRules.seed(), "Nkey seed")
                .doc("Seed of a user nkey: alone for nkey authentication, or together with " + JWT_CONFIG + ".")
                .secret(JWT_CONFIG, CredentialsRules.jwt(), "User JWT")
                .doc("User JWT that belongs to " + NKEY_SEED_CONFIG + ".");
    }

    static void check(ValidationContext context) {
        List<List<String>> given = METHODS.stream()
                .filter(keys -> keys.stream().anyMatch(context::isGiven))
                .toList();
        if (given.size() > 1) {
            List<String> keys = given.stream().flatMap(List::stream).toList();
            String shown = keys.stream().filter(context::isGiven).sorted().collect(Collectors.joining(", "));
            context.refuseGiven(
                    keys, "belongs to one of several authentication methods (" + shown + "): keep one of them");
        }
        context.requireWith(USERNAME_CONFIG, PASSWORD_CONFIG);
        context.requireWith(PASSWORD_CONFIG, USERNAME_CONFIG);
        context.requireWith(JWT_CONFIG, NKEY_SEED_CONFIG);
    }

    /** Returns the key of the credentials; that of the user name if none are configured. */
    public String key() {
        if (token != null) {
            return TOKEN_CONFIG;
        }
        if (credentialsFile != null) {
            return CREDENTIALS_FILE_CONFIG;
        }
        if (credentials != null) {
            return CREDENTIALS_CONFIG;
        }
        return nkeySeed != null ? NKEY_SEED_CONFIG : USERNAME_CONFIG;
    }

    static AuthSettings from(AbstractConfig config) {
        return new AuthSettings(
                config.getString(USERNAME_CONFIG),
                config.getPassword(PASSWORD_CONFIG),
                config.getPassword(TOKEN_CONFIG),
                config.getString(CREDENTIALS_FILE_CONFIG),
                config.getPassword(CREDENTIALS_CONFIG),
                config.getPassword(NKEY_SEED_CONFIG),
                config.getPassword(JWT_CONFIG));
    }
}
