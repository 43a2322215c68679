package io.jetsink.config;

import static io.jetsink.config.Props.each;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class AuthSettingsTest {
    @TempDir
    private Path directory;

    @Test
    void takesEachMethod() throws IOException {
        String file = write(Credentials.FILE).toString();

        assertThat(parse("nats.auth.username", "me", "nats.auth.password", "p w"))
                .isEqualTo(new AuthSettings("me", new Password("p w"), null, null, null, null, null));
        assertThat(parse("nats.auth.token", "t"))
                .isEqualTo(new AuthSettings(null, null, new Password("t"), null, null, null, null));
        assertThat(parse("nats.auth.credentials.file", file))
                .isEqualTo(new AuthSettings(null, null, null, file, null, null, null));
        assertThat(parse("nats.auth.credentials", Credentials.FILE).credentials())
                .isEqualTo(new Password(Credentials.FILE.trim()));
        assertThat(parse("nats.auth.nkey.seed", Credentials.SEED).nkeySeed()).isEqualTo(new Password(Credentials.SEED));
        assertThat(parse("nats.auth.nkey.seed", Credentials.SEED, "nats.auth.jwt", Credentials.JWT))
                .isEqualTo(new AuthSettings(
                        null, null, null, null, null, new Password(Credentials.SEED), new Password(Credentials.JWT)));
    }

    @ParameterizedTest
    @MethodSource("pairsOfMethods")
    void refusesTwoMethodsAtEveryKeyOfThem(Map<String, String> methods) {
        Map<String, String> props = Props.with();
        props.putAll(methods);

        assertThat(Props.errors(props))
                .containsOnlyKeys(methods.keySet())
                .allSatisfy((key, error) -> assertThat(error)
                        .startsWith(key + " belongs to one of several authentication methods")
                        .contains(methods.keySet()));
    }

    private static Stream<Map<String, String>> pairsOfMethods() {
        List<Map<String, String>> methods = List.of(
                Map.of("nats.auth.username", "me", "nats.auth.password", "p"),
                Map.of("nats.auth.token", "t"),
                Map.of("nats.auth.credentials", Credentials.FILE),
                Map.of("nats.auth.nkey.seed", Credentials.SEED),
                Map.of("nats.auth.nkey.seed", Credentials.SEED, "nats.auth.jwt", Credentials.JWT));
        List<Map<String, String>> pairs = new ArrayList<>();
        for (int i = 0; i < methods.size(); i++) {
            for (int j = i + 1; j < methods.size(); j++) {
                Map<String, String> pair = new LinkedHashMap<>(methods.get(i));
                pair.putAll(methods.get(j));
                if (!pair.equals(methods.get(j))) {
                    pairs.add(pair);
                }
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @CsvSource({
        "nats.auth.username, me, nats.auth.password",
        "nats.auth.password, CANARY, nats.auth.username",
        "nats.auth.jwt, a.b.c, nats.auth.nkey.seed",
    })
    void refusesHalfAMethod(String key, String value, String missing) {
        assertThat(Props.error(key, value))
                .isEqualTo(key + " requires " + missing + ": set " + missing + ", or remove " + key);
    }

    @ParameterizedTest
    @MethodSource("badSecrets")
    void refusesASecretWithoutShowingIt(String key, String value, String expected) {
        Map<String, String> props = Props.with("nats.auth.username", "me", "nats.auth.password", "p");
        if (!key.endsWith("password")) {
            props = Props.with();
        }
        if (key.endsWith("jwt")) {
            props.put("nats.auth.nkey.seed", Credentials.SEED);
        }
        props.put(key, value);

        assertThat(Props.errors(props))
                .containsOnlyKeys(key)
                .hasEntrySatisfying(
                        key, error -> assertThat(error).contains(expected).doesNotContain("CANARY"));
    }

    private static Stream<Arguments> badSecrets() {
        String twoLines = "CANARY\nINFO";
        return Stream.of(
                        each("nats.auth.password", "line break", twoLines, "CANARY\rx"),
                        each("nats.auth.password", "must not be empty", ""),
                        each("nats.auth.password", "longer than", "CANARY".repeat(20_000)),
                        each("nats.auth.token", "line break", twoLines),
                        each("nats.auth.token", "must not be empty", " "),
                        each(
                                "nats.auth.nkey.seed",
                                "the seed of a user nkey",
                                "CANARY",
                                "SUCANARY",
                                "U" + "A".repeat(55),
                                "SA" + "A".repeat(56),
                                Credentials.SEED.toLowerCase(Locale.ROOT)),
                        each("nats.auth.jwt", "a user JWT", "CANARY", "CANARY.b.c d", "CANARY.b." + "c".repeat(70_000)),
                        each(
                                "nats.auth.credentials",
                                "BEGIN NATS USER JWT",
                                "",
                                "CANARY",
                                Credentials.FILE.replace("\n", " "),
                                "-----BEGIN NATS USER JWT-----"),
                        each("nats.auth.credentials", "USER JWT", Credentials.FILE.replace(Credentials.JWT, "CANARY")),
                        each("nats.auth.credentials", "SEED", Credentials.FILE.replace(Credentials.SEED, "CANARY")),
                        each("nats.auth.credentials", "USER NKEY SEED", Credentials.FILE.replace("NKEY SEED", "X")),
                        each("nats.auth.credentials", "longer than", "CANARY".repeat(20_000)))
                .flatMap(rows -> rows);
    }

    @Test
    void takesCredentialsWithWindowsLineEnds() {
        assertThat(Props.errors("nats.auth.credentials", Credentials.FILE.replace("\n", "\r\n")))
                .isEmpty();
    }

    @Test
    void refusesAUserNameWithALineBreak() {
        assertThat(Props.errors("nats.auth.username", "a\nb", "nats.auth.password", "p"))
                .containsOnlyKeys("nats.auth.username");
    }

    @Test
    void followsALinkAsSecretVolumesHaveThem() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), write(Credentials.FILE));

        assertThat(Props.errors("nats.auth.credentials.file", link.toString())).isEmpty();
    }

    @Test
    void refusesAFileThatIsMissing() {
        assertThat(fileError(directory.resolve("none.creds").toString())).contains("does not exist");
    }

    @Test
    void refusesADirectory() {
        assertThat(fileError(directory.toString())).endsWith("does not name a regular file");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void refusesADevice() {
        assertThat(fileError("/dev/zero")).endsWith("does not name a regular file");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void refusesAFifoWithoutOpeningIt() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();

        assertThat(fileError(fifo.toString())).endsWith("does not name a regular file");
        assertThat(Props.error("nats.ssl.truststore.location", fifo.toString()))
                .endsWith("does not name a regular file");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesAFileThatCannotBeRead() {
        // a regular file that root may open too, but whose first byte nobody can read
        assertThat(fileError("/proc/self/mem")).contains("cannot read");
    }

    @Test
    void refusesAFileThatIsTooLong() throws IOException {
        assertThat(fileError(write(Credentials.FILE + "\n".repeat(65_536)).toString()))
                .contains("a file of more than 65536 bytes");
    }

    @Test
    void refusesAFileOfAnotherShapeWithoutShowingItsContent() throws IOException {
        assertThat(fileError(write("CANARY").toString()))
                .contains("names a file whose content has no block")
                .doesNotContain("CANARY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CANARY\u0000", "-----BEGIN NATS USER JWT-----\nCANARY"})
    void refusesWhatIsNoPathWithoutShowingIt(String path) {
        assertThat(fileError(path)).doesNotContain("CANARY");
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("user.creds"), content);
    }

    private static String fileError(String path) {
        return Props.error("nats.auth.credentials.file", path);
    }

    private static AuthSettings parse(String... keysAndValues) {
        return SinkConfig.parse(Props.with(keysAndValues)).connection().auth();
    }
}
