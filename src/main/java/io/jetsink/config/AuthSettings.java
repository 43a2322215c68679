package io.jetsink.config;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * How the connector proves who it is. Null components are not configured; at most one method is.
 *
 * @param username with {@code password}: user and password
 * @param password see {@code username}
 * @param token a bare token
 * @param credentialsFile path of a creds file, read again at every connection
 * @param credentials content of a creds file
 * @param nkeySeed nkey seed; alone, or with {@code jwt}
 * @param jwt user JWT that goes with {@code nkeySeed}
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

    /** Each method's keys. */
    private static final List<List<String>> METHODS = List.of(
            List.of(USERNAME_CONFIG, PASSWORD_CONFIG),
            List.of(TOKEN_CONFIG),
            List.of(CREDENTIALS_FILE_CONFIG),
            List.of(CREDENTIALS_CONFIG),
            List.of(NKEY_SEED_CONFIG, JWT_CONFIG));

    static void define(ConfigDef def) {
        new KeyGroup(def, "Authentication")
                .text(
                        USERNAME_CONFIG,
                        null,
                        ValueRule.text(),
                        Importance.HIGH,
                        "User name",
                        "User to log in as, together with " + PASSWORD_CONFIG + ".")
                .secret(PASSWORD_CONFIG, ValueRule.secret(), "Password", "Password of " + USERNAME_CONFIG + ".")
                .secret(TOKEN_CONFIG, ValueRule.secret(), "Token", "Token to log in with.")
                .text(
                        CREDENTIALS_FILE_CONFIG,
                        null,
                        CredentialsRules.file(),
                        Importance.HIGH,
                        "Credentials file",
                        "Path, on every worker, of a credentials file (user JWT and nkey seed, as nsc writes it). "
                                + "It is read again for every connection, so that a rotated file is taken up.")
                .secret(
                        CREDENTIALS_CONFIG,
                        CredentialsRules.content(),
                        "Credentials",
                        "Content of a credentials file, best given through a config provider, "
                                + "such as ${dir:/etc/secrets:nats.creds}.")
                .secret(
                        NKEY_SEED_CONFIG,
                        CredentialsRules.seed(),
                        "Nkey seed",
                        "Seed of a user nkey: alone for nkey authentication, or together with " + JWT_CONFIG + ".")
                .secret(JWT_CONFIG, CredentialsRules.jwt(), "User JWT", "User JWT of " + NKEY_SEED_CONFIG + ".");
    }

    static void check(ValidationContext findings) {
        List<String> given =
                METHODS.stream().flatMap(List::stream).filter(findings::isGiven).toList();
        long methods = METHODS.stream()
                .filter(keys -> keys.stream().anyMatch(findings::isGiven))
                .count();
        if (methods > 1) {
            String all = given.stream().sorted().collect(Collectors.joining(", "));
            given.forEach(key -> findings.refuse(
                    key, key + " belongs to one of several ways to authenticate (" + all + "): keep one of them"));
        }
        requireTogether(findings, USERNAME_CONFIG, PASSWORD_CONFIG);
        requireTogether(findings, PASSWORD_CONFIG, USERNAME_CONFIG);
        requireTogether(findings, JWT_CONFIG, NKEY_SEED_CONFIG);
    }

    private static void requireTogether(ValidationContext findings, String key, String companion) {
        if (findings.isGiven(key) && !findings.isGiven(companion)) {
            findings.refuse(key, key + " needs " + companion + " as well");
        }
    }

    /** The key that the user is named by; of a user and password if there is none. */
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
