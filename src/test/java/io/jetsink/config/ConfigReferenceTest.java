package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Recipe;
import io.jetsink.support.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
    private static final Path FILE = Path.of("config", "REFERENCE.md");

    @Test
    void committedReferenceIsThatOfTheKeys() throws IOException {
        String reference = ConfigReference.render(SinkConfig.definition());
        if (System.getProperty("reference.write") != null) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, reference);
        }

        assertThat(Files.readString(FILE))
                .as("write it with: mvn -q test -Dtest=ConfigReferenceTest -Dreference.write")
                .isEqualTo(reference);
    }

    @Test
    void namesEveryKeyOnce() {
        assertThat(headings("####"))
                .containsExactlyInAnyOrderElementsOf(SinkConfig.definition().names().stream()
                        .map(name -> "`" + name + "`")
                        .toList());
    }

    /** Links to a heading continue to work if no other heading has its text. */
    @Test
    void everyHeadingIsUniqueAndEveryGroupHasOne() {
        assertThat(headings("#{1,4}")).doesNotHaveDuplicates();
        assertThat(headings("###")).containsAll(SinkConfig.definition().groups());
    }

    @Test
    void commonKeysAreBeforeAdvancedKeys() {
        List<String> headings = headings("#{2,4}");
        int advanced = headings.indexOf("Advanced keys");

        assertThat(headings).startsWith("Common keys");
        assertThat(headings.subList(0, advanced))
                .contains("`nats.servers`", "`nats.auth.credentials`", "`subject`", "`publish.mode`", "`tombstones`")
                .hasSizeLessThan(headings.size() / 2);
        assertThat(headings.subList(advanced, headings.size()))
                .contains("`nats.reconnect.backoff.ms`", "`publish.max.pending`", "`exactly.once.linger.ms`");
    }

    @Test
    void everyKeyThatTwoExamplesSetIsCommon() {
        List<Recipe> examples = Recipes.files();

        assertThat(SinkConfig.definition().configKeys().values())
                .filteredOn(key -> examples.stream()
                                .filter(example -> example.config().containsKey(key.name))
                                .count()
                        >= 2)
                .hasSizeGreaterThan(5)
                .allMatch(ConfigReference::isCommon);
    }

    /** A name in the list that is not a key has no effect. */
    @Test
    void everyCommonKeyExists() {
        assertThat(SinkConfig.definition().names()).containsAll(ConfigReference.COMMON);
    }

    private static List<String> headings(String level) {
        return Pattern.compile("(?m)^" + level + " (.+)$")
                .matcher(ConfigReference.render(SinkConfig.definition()))
                .results()
                .map(heading -> heading.group(1))
                .toList();
    }
}
