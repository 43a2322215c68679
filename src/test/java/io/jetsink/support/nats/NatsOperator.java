package io.jetsink.support.nats;

import io.nats.client.NKey;
import io.nats.client.support.JwtUtils;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;

/** An operator with one account that may use JetStream, and the credentials of its users. */
public final class NatsOperator {
    private static final String ANYTHING =
            "\"limits\":{\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,\"conn\":-1%s}";
    private static final String STREAMS =
            ",\"mem_storage\":-1,\"disk_storage\":-1,\"streams\":-1,\"consumer\":-1,\"wildcards\":true";

    private final NKey operator = NKey.createOperator(null);
    private final NKey system = NKey.createAccount(null);
    private final NKey account = NKey.createAccount(null);
    private final String limits;

    public NatsOperator() throws IOException, GeneralSecurityException {
        this(STREAMS);
    }

    private NatsOperator(String limits) throws IOException, GeneralSecurityException {
        this.limits = limits;
    }

    /** The account may have streams of three replicas and no others. */
    public static NatsOperator ofThreeReplicas() throws IOException, GeneralSecurityException {
        return new NatsOperator(",\"tiered_limits\":{\"R3\":{\"mem_storage\":-1,\"disk_storage\":1000000000,"
                + "\"streams\":-1,\"consumer\":-1}}");
    }

    /** Of a server that trusts the operator. */
    public String config() throws IOException, GeneralSecurityException {
        return "operator: " + jwt(operator, "{\"type\":\"operator\",\"version\":2}") + "\nsystem_account: "
                + publicKey(system) + "\nresolver: MEMORY\nresolver_preload: {\n" + publicKey(system) + ": "
                + jwt(system, account("")) + "\n" + publicKey(account) + ": " + jwt(account, account(limits))
                + "\n}\n";
    }

    /** Where a server of {@link #config(AccountResolver)} finds the accounts. */
    public AccountResolver resolver() throws IOException, GeneralSecurityException {
        return new AccountResolver(
                Map.of(
                        publicKey(system), jwt(system, account("")),
                        publicKey(account), jwt(account, account(limits))),
                publicKey(system));
    }

    /** Of a server that trusts the operator and looks accounts up. */
    public String config(AccountResolver resolver) throws IOException, GeneralSecurityException {
        return "operator: " + jwt(operator, "{\"type\":\"operator\",\"version\":2}") + "\nsystem_account: "
                + publicKey(system) + "\nresolver: URL(" + resolver.url() + ")\n";
    }

    /** A user that is valid for good. */
    public User user() throws IOException, GeneralSecurityException {
        return user(Duration.ZERO, JwtUtils.currentTimeSeconds());
    }

    /** A user that is valid for so long from now on, in whole seconds. */
    public User user(Duration validity) throws IOException, GeneralSecurityException {
        return user(validity, JwtUtils.currentTimeSeconds());
    }

    public User expiredUser() throws IOException, GeneralSecurityException {
        return user(Duration.ofHours(1), JwtUtils.currentTimeSeconds() - 7_200);
    }

    private User user(Duration validity, long issuedAt) throws IOException, GeneralSecurityException {
        NKey user = NKey.createUser(null);
        String jwt = JwtUtils.issueUserJWT(
                account, publicKey(account), publicKey(user), "user", validity, new String[0], issuedAt);
        return new User(jwt, new String(user.getSeed()));
    }

    private static String account(String more) {
        return "{\"type\":\"account\",\"version\":2," + ANYTHING.formatted(more) + "}";
    }

    private String jwt(NKey subject, String claim) throws IOException, GeneralSecurityException {
        return JwtUtils.issueJWT(
                operator,
                publicKey(subject),
                "test",
                Duration.ZERO,
                JwtUtils.currentTimeSeconds(),
                publicKey(operator),
                () -> claim);
    }

    private static String publicKey(NKey key) throws IOException, GeneralSecurityException {
        return new String(key.getPublicKey());
    }

    /** @param seed of the user's nkey */
    public record User(String jwt, String seed) {
        /** The content of a credentials file. */
        public String credentials() {
            return String.format(JwtUtils.NATS_USER_JWT_FORMAT, jwt, seed);
        }
    }
}
