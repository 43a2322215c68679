package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.jetsink.support.StringLiterals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Finds the words that CONTRIBUTING.md replaces by others, in documents and in the string literals of the code. */
class ProseTest {
    /** Documents, and folders whose sources are checked with everything below them. */
    private static final List<String> CHECKED = List.of(
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "CHANGELOG.md",
            "connector/README.md",
            "docker/kubernetes/README.md",
            "src/docs/alerts.md",
            "src/docs/dashboard.md",
            "src/docs/architecture.md",
            "src/docs/benchmarks/README.md",
            "src/docs/compatibility.md",
            "src/docs/guarantees.md",
            "src/docs/metrics.md",
            "src/docs/mapping.md",
            "src/docs/mapping-buckets.md",
            "src/docs/mapping-headers.md",
            "src/docs/mapping-payloads.md",
            "src/docs/mapping-subjects.md",
            "src/docs/migration.md",
            "src/docs/security.md",
            "src/docs/tool.md",
            "src/docs/operations.md",
            "src/docs/troubleshooting.md",
            "src/docs/versioning.md",
            "config/REFERENCE.md",
            "src/main/java",
            "src/test/java/io/jetsink/translate");

    private static final String SENTENCE =
            "(?:\\A|\\n\\s*\\n|\\n\\s*(?:[-*]|\\d+\\.)\\s|\\|\\s*|[.!?][*_)\"]*\\s)[\\s>*_]*";
    private static final String DURATION = "(?:about|at most|at least|up to|more than|less than"
            + "|only|an? (?:second|minute|few|while|moment|round|day|hour)|\\d|…|\\{|several|some|many|(?:too |very )?long|time|seconds|minutes|"
            + "hours|half|two|three|one|as long)";

    /** The first group of each expression is the word. */
    private static final List<Rule> RULES = List.of(
            rule("(?i)" + SENTENCE + "(what|who|whoever|whatever|that which)\\b(?![^.!?|]*\\?)", "begin with a noun"),
            rule("(?i)\\b(?:to|of|for|by|from|with|than)\\s+(who)\\b(?!se)", "anyone who"),
            rule("(?i)\\b(but\\s+for)\\b", "except"),
            rule("(?i)\\b(so\\s+many)\\b", "this many, or the number"),
            rule("(?i)\\b(for\\s+ever)\\b", "forever"),
            rule("(?i)\\b(no\\s+mistake)\\b", "not a misconfiguration"),
            rule("(?i)\\b(all\\s+the\\s+same)\\b", "even so"),
            rule("(?i)\\b(do(?:es)?\\s+without)\\b", "does not need"),
            rule("(?i),\\s*(be\\s+(?:they|it))\\b", "whether or not"),
            rule("(?i)\\b(as\\s+ever)\\b", "unchanged, as usual"),
            verb(
                    "takes?|taking|took|taken",
                    "\\s+(?:effect|place|precedence|over|part|into\\s+account|" + DURATION + ")",
                    "accept, capture, require, use"),
            verb("comes?|coming|came", "\\s+(?:from|with|first|last)\\b", "arrive, follow, return"),
            verb("tells?|telling|told", "", "report, log, show"),
            verb("says?|saying|said", "", "report, state, log"),
            verb("asks?|asking|asked", "", "request, query, look up"),
            verb("hears?|hearing|heard", "", "receive"),
            verb("stands?|standing|stood", "", "stall, represent, be"),
            verb("travels?|travell?ing|travell?ed", "", "be sent"),
            verb("mends?|mending|mended", "", "fix"),
            verb("bears?|bearing|bore|borne", "", "have, carry"),
            rule("(?<![\\w-])(go|goes|going|gone|went|Goes|Going)(?![\\w-])", "continue, return, be sent"));

    private record Rule(Pattern pattern, String suggestion) {}

    private static Rule rule(String regex, String suggestion) {
        return new Rule(Pattern.compile(regex), suggestion);
    }

    /** A verb that is not used for an operation, except before {@code unless}. */
    private static Rule verb(String forms, String unless, String suggestion) {
        String exception = unless.isEmpty() ? "" : "(?!" + unless + ")";
        return rule("(?i)(?<![\\w-])(" + forms + ")(?![\\w-])" + exception, suggestion);
    }

    @Test
    void documentsAndTextsUsePlainWords() throws IOException {
        List<String> findings = new ArrayList<>();
        for (String name : CHECKED) {
            try (Stream<Path> files = Files.walk(Path.of(name))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    findings.addAll(findings(file.toString(), Files.readString(file)));
                }
            }
        }
        assertThat(findings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            What fits is published.                | What -> begin with a noun
            It works. Who reads it has rights.     | Who -> begin with a noun
            The stream takes a subject.            | takes -> accept, capture, require, use
            The task goes on.                      | goes -> continue, return, be sent
            The server is asked.                   | asked -> request, query, look up
            All but for one are stored.            | but for -> except
            The task waits for ever.               | for ever -> forever
            It belongs to who wrote it.            | who -> anyone who
            """)
    void aWordIsFoundInADocumentAndInAString(String text, String finding) throws IOException {
        int half = text.length() / 2;
        String joined = '"' + text.substring(0, half) + "\"\n + \"" + text.substring(half) + '"';

        assertThat(findings("a.md", "# Title\n\n- " + text)).containsExactly("a.md:3: " + finding);
        assertThat(findings("a.md", "One.\n\n" + text.replace(' ', '\n')))
                .singleElement(STRING)
                .endsWith(finding);
        assertThat(findings("A.java", "class A {\n // takes\n String s =\n" + joined + ";\n}"))
                .containsExactly("A.java:4: " + finding);
        assertThat(findings("A.java", "class A {\n String s =\n\"\"\"\n" + text + "\"\"\";\n}"))
                .containsExactly("A.java:3: " + finding);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The setting takes effect at the next start and takes precedence.",
                "A leader election takes about ten seconds.",
                "What does it need? The stream shows what it stores, and who wrote it.",
                "The header comes from the record, and become, outcome and understand are other words.",
                "The Go client is stand-alone. Run `nats stream take` to see what is stored."
            })
    void plainTextPasses(String text) throws IOException {
        String document = "# What is promised\n\n" + text + "\n\n```sh\ngo tell\n```\n";
        String code =
                "/** What is said. */ class A { char c = '\"'; // tell \"told you\"\nString s = \"" + text + "\"; }";

        assertThat(findings("a.md", document)).isEmpty();
        assertThat(findings("A.java", code)).isEmpty();
    }

    @Test
    void aStringThatContinuesAfterAnExpressionBeginsNoSentence() throws IOException {
        String code =
                "class A { Object o = f(\"shows \" + g(1, 2) + \"what is stored\", 3 + \"who knows\", \"who knows\"); }";

        assertThat(findings("A.java", code)).containsExactly("A.java:1: who -> begin with a noun");
    }

    private static List<String> findings(String name, String content) throws IOException {
        if (!name.endsWith(".java")) {
            return findings(name, 1, withoutCode(content));
        }
        return StringLiterals.of(content).stream()
                .filter(literal -> literal.text().strip().contains(" "))
                .flatMap(literal ->
                        findings(
                                name, literal.line(), withoutCode(literal.text().replace('\n', ' ')))
                                .stream())
                .toList();
    }

    private static List<String> findings(String name, long firstLine, String text) {
        List<String> findings = new ArrayList<>();
        for (Rule rule : RULES) {
            Matcher matcher = rule.pattern.matcher(text);
            while (matcher.find()) {
                long before = text.chars()
                        .limit(matcher.start(1))
                        .filter(c -> c == '\n')
                        .count();
                String words = matcher.group(1).replaceAll("\\s+", " ");
                findings.add(name + ":" + (firstLine + before) + ": " + words + " -> " + rule.suggestion);
            }
        }
        return findings;
    }

    /** Blanks out code blocks, code, targets of links and comments; their lines stay. */
    private static String withoutCode(String markdown) {
        return Pattern.compile("(?ms)^ *```.*?^ *```|`+[^`]*`+|(?<=\\])\\([^)]*\\)|<!--.*?-->")
                .matcher(markdown)
                .replaceAll(match -> match.group().replaceAll("[^\n]", "`"));
    }
}
