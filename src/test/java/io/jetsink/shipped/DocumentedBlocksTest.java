package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jetsink.support.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A test executes each command of the documents, and uses each JSON and each configuration. */
final class DocumentedBlocksTest {
    /** The blocks that tests execute: each list is the one that the test runs, or of a document that the test reads whole. */
    private static List<DocumentedBlock> executed() {
        return Stream.of(
                        DocumentedCommandsIT.commands(),
                        DocumentedCommandsIT.requests(),
                        DocumentedCommandsIT.images(),
                        DocumentedCommandsIT.servers(),
                        KubernetesReadmeTest.executed(),
                        MigrationGuideTest.executed(),
                        DocumentedConfigTest.executed(),
                        alertmanager(),
                        // ToolDocumentIT compares the number of the commands.
                        DocumentedBlock.in("src/docs/tool\\.md", "sh"))
                .flatMap(List::stream)
                .toList();
    }

    private static List<DocumentedBlock> alertmanager() {
        return DocumentedBlock.in("src/docs/alerts\\.md", "yaml");
    }

    /** The settings of Alertmanager are YAML and name alerts that the rules have. */
    @Test
    void theAlertsThatInhibitOthersExist() throws IOException {
        String rules = Files.readString(DocumentedBlock.BASE.resolve("docker/observability/alerts.yaml"));
        for (DocumentedBlock block : alertmanager()) {
            assertThat(new YAMLMapper().readTree(block.text()).has("route")).isTrue();
            assertThat(Pattern.compile("Jetsink\\w+").matcher(block.text()).results())
                    .isNotEmpty()
                    .allSatisfy(alert -> assertThat(rules).contains("alert: " + alert.group()));
        }
    }

    @Test
    void aTestExecutesEachBlock() {
        List<DocumentedBlock> executed = executed();

        assertThat(DocumentedBlock.all())
                .hasSizeGreaterThan(100)
                .filteredOn(block -> DocumentedBlock.USED.contains(block.language()) && !executed.contains(block))
                .as("blocks that no test executes")
                .isEmpty();
    }

    @Test
    void noCommandIsWithoutALanguage() {
        assertThat(DocumentedBlock.all())
                .filteredOn(DocumentedBlock::isUnlabelledCommand)
                .isEmpty();
    }

    @Test
    void blocksAndCommandsAreFoundWithTheirLines() {
        assertThat(
                        DocumentedBlock.ofDocument(
                                "a.md",
                                "# A\n\n- one\n\n  ```sh\n  ls\n  ```\n\nRun `nats kv add` or `mvn\nverify`.\n\n```\nmvn verify\n```\n"))
                .satisfiesExactly(
                        block -> {
                            assertThat(block).hasToString("a.md:6");
                            assertThat(block.text()).isEqualTo("ls\n");
                        },
                        block -> assertThat(block.isUnlabelledCommand()).isTrue(),
                        block -> {
                            assertThat(block).hasToString("a.md:9");
                            assertThat(block.text()).isEqualTo("nats kv add");
                        },
                        block -> assertThat(block.text()).isEqualTo("mvn verify"));
    }

    @Test
    void anUnknownWordOfMavenIsFound() throws IOException {
        assertThat(MavenCommand.problems(List.of("-q", "-Pquickstart", "-Dquickstart.records=10")))
                .isEmpty();
        assertThat(MavenCommand.problems(List.of("-Pquickstar", "verify", "-Dit.test=NoIT", "-Dreference.writ", "-x")))
                .containsExactly(
                        "no profile quickstar", "no test NoIT", "no property reference.writ", "no goal or option -x");
        assertThat(MavenCommand.problems(List.of("-q"))).containsExactly("no goal");
    }

    @Test
    void theRecipesAreThoseOfTheBlocks() {
        assertThat(Recipes.documented().size() + Recipes.fragments().size())
                .isEqualTo(DocumentedBlock.in(Recipes.FILES, "json").size()
                        + DocumentedBlock.in("README\\.md", "sh").stream()
                                .filter(block -> block.text().contains("connector.class"))
                                .count());
    }
}
