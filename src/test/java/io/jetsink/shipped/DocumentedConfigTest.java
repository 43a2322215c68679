package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.config.Credentials;
import io.jetsink.support.Recipe;
import io.jetsink.support.Recipes;
import io.jetsink.support.nats.NatsCertificates;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON in the documentation is what the connector takes. Whole connectors also run, in {@link RecipesIT}. */
final class DocumentedConfigTest {
    @TempDir
    private static Path secrets;

    @BeforeAll
    static void writeSecrets() throws IOException, GeneralSecurityException {
        NatsCertificates certificates = new NatsCertificates(secrets);
        Files.copy(certificates.authority(), secrets.resolve("ca.pem"));
        NatsCertificates.Issued client = certificates.issue("client", "dns:client");
        Files.writeString(
                secrets.resolve("client.pem"), Files.readString(client.key()) + Files.readString(client.certificate()));
        Files.writeString(secrets.resolve("nats.creds"), Credentials.FILE);
        Files.writeString(
                secrets.resolve("nats.properties"),
                "password=secret\ntoken=secret\nseed="
                        + Credentials.FILE.lines().toList().get(5) + "\n");
    }

    static List<Recipe> whole() {
        return Recipes.documented();
    }

    static List<Recipe> fragments() {
        return Recipes.fragments();
    }

    /** The groups of properties of operations.md; an empty line separates them. */
    static List<String> properties() {
        return DocumentedBlock.in("src/docs/operations\\.md", "properties").stream()
                .flatMap(block -> Stream.of(block.text().split("\n\n")))
                .toList();
    }

    /** Returns the connectors that {@link RecipesIT} runs, parts of connectors, and properties. */
    static List<DocumentedBlock> executed() {
        List<DocumentedBlock> executed = new ArrayList<>(DocumentedBlock.in(Recipes.FILES, "json"));
        executed.addAll(DocumentedBlock.in("src/docs/operations\\.md|connector/README\\.md", "properties"));
        return executed;
    }

    @ParameterizedTest
    @MethodSource("whole")
    void aRecipeIsValid(Recipe recipe) {
        assertValid(recipe.copy());
    }

    @ParameterizedTest
    @MethodSource("fragments")
    void soIsAPartOfOneWithWhatElseIsRequired(Recipe fragment) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class", "io.jetsink.NatsJetStreamSinkConnector",
                "nats.servers", "nats://nats.example.com:4222"));
        if (!fragment.config().containsKey("topics.regex")) {
            config.put("topics", "orders");
        }
        config.putAll(fragment.config());

        assertValid(config);
    }

    private static void assertValid(Map<String, String> config) {
        config.put("name", "documented");

        assertThat(new NatsJetStreamSinkConnector().validate(config).configValues())
                .hasSizeGreaterThan(50)
                .allSatisfy(value ->
                        assertThat(value.errorMessages()).as(value.name()).isEmpty());
    }

    /** Each group works with the files that it names, which Connect's providers read. */
    @ParameterizedTest
    @MethodSource("properties")
    void aGroupOfPropertiesIsValid(String group) throws IOException {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class", "io.jetsink.NatsJetStreamSinkConnector",
                "nats.servers", "tls://nats.example.com:4222",
                "topics", "orders",
                "subject", "orders"));
        Properties lines = new Properties();
        lines.load(new StringReader(group.replace("/etc/connect/secrets", secrets.toString())));
        try (FileConfigProvider file = new FileConfigProvider();
                DirectoryConfigProvider dir = new DirectoryConfigProvider()) {
            file.configure(Map.of());
            dir.configure(Map.of());
            config.putAll(new ConfigTransformer(Map.of("file", file, "dir", dir))
                    .transform(Utils.propsToStringMap(lines))
                    .data());
        }

        assertThat(lines).isNotEmpty();
        assertThat(config.toString()).doesNotContain("${");
        assertValid(config);
    }

    /** The worker of {@link DocumentedCommandsIT} runs with the file. */
    @Test
    void thePropertiesOfTheInstallationAreThoseOfTheShippedWorker() throws IOException {
        List<DocumentedBlock> blocks = DocumentedBlock.in("connector/README\\.md", "properties");

        assertThat(blocks).hasSize(1);
        assertThat(Files.readAllLines(DocumentedBlock.BASE.resolve("config/workers/distributed.properties")))
                .containsAll(blocks.get(0).text().lines().toList());
    }
}
