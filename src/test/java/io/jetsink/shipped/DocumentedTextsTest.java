package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import io.jetsink.support.StringLiterals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares the tables of texts in troubleshooting.md with the code, in both directions: log lines above DEBUG, errors of failed
 * tasks, reasons of outages, and reasons of rejected records.
 *
 * <p><b>The code.</b> A text is a string expression of {@code src/main}: literals joined by {@code +}, with constants resolved
 * and a gap for everything else. Expressions of three words or more count, and shorter ones if they are an argument of a WARN,
 * an ERROR or an exception. Helper methods that compose a text need no special treatment. Not included are the texts of
 * configuration validation (the packages {@code config} and {@code tool}, {@code ConfigException}, {@link #VALIDATION}), DEBUG and TRACE, and
 * exceptions that report a defect of the connector ({@link #INTERNAL}).
 *
 * <p><b>The document.</b> A table is compared if its header begins with {@code | text |}. Its first column quotes one text per
 * row in backticks, with {@code …} for variable parts and for parts that are left out. Each part between two {@code …} must
 * occur in the code unchanged.
 */
class DocumentedTextsTest {
    private static final Path DOCUMENT = Path.of("src/docs/troubleshooting.md");
    private static final Path SOURCES = Path.of("src/main/java/io/jetsink");

    /**
     * Classes and methods whose texts are those of a ConfigException, which another class throws; and of metrics, which
     * metrics.md contains.
     */
    private static final Set<String> VALIDATION = Set.of(
            "TaskMetric",
            "ReasonMetric",
            "PartitionMetric",
            "MetricsMBean",
            "SubjectValidation",
            "TemplateParser",
            "TopicPattern",
            "SubjectRules.allowed()",
            "SubjectRules.invalid(String,String,String)",
            "SubjectRules.problem(char)");

    /** Calls whose texts no operator reads: defects, validation, and levels that are off by default. */
    private static final Set<String> INTERNAL = Set.of(
            "debug",
            "trace",
            "clientError",
            "compile",
            "invalid",
            "requireNonNull",
            "ConfigException",
            "IllegalArgumentException",
            "IllegalStateException",
            "PatternSyntaxException",
            "UnsupportedOperationException");

    private static final Pattern WORD = Pattern.compile("(?<!\\S)[^\\s\\w]*[A-Za-z]{2,}\\S*");
    private static final Pattern GAPS = Pattern.compile("\\{}|%[sd]|…|<task>|<connector>");
    private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\|.*");
    /** Matches texts that complete another one: they begin with punctuation, or are a command. */
    private static final Pattern CONTINUATION = Pattern.compile("[\\s,;:].*|nats (?:stream|kv|object) .*");
    /** Words of a text that is compared wherever it occurs. */
    private static final int ENOUGH = 3;

    private static List<Text> texts;
    private static List<String> rows;

    @BeforeAll
    static void read() throws IOException {
        List<JavaFileObject> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(SOURCES)) {
            for (Path file :
                    (Iterable<Path>) found.filter(path -> path.toString().endsWith(".java"))::iterator) {
                files.add(StringLiterals.file(SOURCES.relativize(file).toString(), Files.readString(file)));
            }
        }
        texts = texts(files);
        rows = rows(Files.readString(DOCUMENT));
    }

    @Test
    void everyTextOfTheCodeIsDocumented() {
        assertThat(undocumented(texts, rows))
                .as("add a row to src/docs/error-catalogue.txt")
                .isEmpty();
    }

    @Test
    void everyDocumentedTextIsInTheCode() {
        assertThat(stale(rows, texts))
                .as("rows of %s that no code writes", DOCUMENT)
                .isEmpty();
    }

    /** Texts of validation have no rows, except the one that quotes the value of a key. */
    @Test
    void aTextOfValidationThatQuotesAValueIsDocumented() {
        assertThat(texts)
                .filteredOn(text -> text.shown().startsWith("Invalid value …"))
                .singleElement()
                .satisfies(text -> assertThat(rows).anyMatch(text::isQuotedBy));
    }

    @Test
    void anUndocumentedTextIsReported() throws IOException {
        JavaFileObject mutant = StringLiterals.file("publish/Mutant.java", """
                class Mutant {
                    private static final String KEY = "moon.phase";
                    void warn() {
                        LOG.warn("{}: the moon rises over stream {}", name, stream);
                        LOG.error("moonless", failure);
                        LOG.debug("{}: the moon is not visible yet", name);
                    }
                    RuntimeException reject(String what) {
                        return new RejectedRecordException(ErrorCode.PAYLOAD, "The value is " + what + " like the moon: change "
                                + KEY + ".");
                    }
                    String composed(boolean full) {
                        return full ? "the moon is full tonight" : reason;
                    }
                }
                """);

        assertThat(undocumented(texts(List.of(mutant)), rows))
                .containsExactly(
                        "publish/Mutant.java: '…: the moon rises over stream …'",
                        "publish/Mutant.java: 'moonless'",
                        "publish/Mutant.java: 'The value is … like the moon: change moon.phase.'",
                        "publish/Mutant.java: 'the moon is full tonight'");
    }

    @Test
    void aRowThatNoCodeWritesIsReported() {
        String half = "<task>: connected to … while the moon rises";
        String whole = "the moon rises over stream …";

        assertThat(stale(List.of(half, "<task>: connected to …", whole), texts)).containsExactly(half, whole);
    }

    @Test
    void aTextThatLosesItsRowIsReported() {
        List<String> mutated = new ArrayList<>(rows);
        assertThat(mutated.removeIf(row -> row.startsWith("<task>: connected to")))
                .isTrue();

        assertThat(undocumented(texts, mutated)).anyMatch(text -> text.contains("…: connected to"));
    }

    private static List<String> rows(String document) {
        List<String> found = new ArrayList<>();
        boolean table = false;
        for (String line : document.lines().toList()) {
            table = line.startsWith("| text |") || (table && line.startsWith("|"));
            Matcher row = ROW.matcher(line);
            if (table && row.matches()) {
                found.add(row.group(1).replace("\\|", "|"));
            } else if (table) {
                assertThat(line).as("a row begins with one text in backticks").matches("\\| text \\|.*|[|-]+");
            }
        }
        assertThat(found).hasSizeGreaterThan(100);
        return found;
    }

    private static List<String> undocumented(List<Text> texts, List<String> rows) {
        return texts.stream()
                .filter(Text::isShown)
                .filter(text -> rows.stream().noneMatch(text::isQuotedBy))
                .map(text -> text.file() + ": '" + text.shown() + "'")
                .toList();
    }

    private static List<String> stale(List<String> rows, List<Text> texts) {
        List<String> written =
                texts.stream().flatMap(text -> text.parts().stream()).toList();
        return rows.stream()
                .filter(row -> !parts(row).stream()
                        .allMatch(part -> written.stream().anyMatch(literal -> literal.contains(part))))
                .toList();
    }

    /** Returns the parts of a text between its gaps. */
    private static List<String> parts(String text) {
        return Arrays.stream(GAPS.split(text))
                .map(part -> part.replaceAll("^[\\s:;,]+|[\\s:;,]+$", ""))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** Returns whether a part contains another. One or two words occur everywhere, so these must be equal. */
    private static boolean holds(String part, String some) {
        return words(some) < ENOUGH ? part.equals(some) : part.contains(some);
    }

    private static long words(String text) {
        return WORD.matcher(text).results().count();
    }

    private static String longest(List<String> parts) {
        return parts.stream().reduce("", (one, other) -> other.length() > one.length() ? other : one);
    }

    private static List<Text> texts(List<JavaFileObject> files) throws IOException {
        List<CompilationUnitTree> units = new ArrayList<>();
        StringLiterals.parser(files).parse().forEach(units::add);
        Map<String, ExpressionTree> constants = new HashMap<>();
        units.forEach(unit -> new Constants(constants).scan(unit, null));
        List<Text> found = new ArrayList<>();
        units.forEach(unit -> new Texts(unit, constants, found).scan(unit, null));
        return found;
    }

    /**
     * A string expression.
     *
     * @param shown with {@code …} for gaps
     * @param parts between the gaps
     * @param direct whether it is an argument of a log call or of an exception
     * @param internal whether no operator reads it
     */
    private record Text(String file, String shown, List<String> parts, boolean direct, boolean internal) {
        boolean isShown() {
            return !internal && !CONTINUATION.matcher(shown).matches() && words(shown) >= (direct ? 1 : ENOUGH);
        }

        boolean isQuotedBy(String row) {
            List<String> quoted = DocumentedTextsTest.parts(row);
            String part = longest(parts);
            String quote = longest(quoted);
            return quoted.stream().anyMatch(other -> holds(other, part))
                    || parts.stream().anyMatch(other -> holds(other, quote));
        }
    }

    /** Collects the initial values of constants, as {@code Class.NAME}. */
    private static final class Constants extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final Map<String, ExpressionTree> constants;

        Constants(Map<String, ExpressionTree> constants) {
            this.constants = constants;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree field, @Nullable Void none) {
            if (field.getInitializer() != null
                    && field.getName().toString().matches("[A-Z][A-Z0-9_]*")
                    && getCurrentPath().getParentPath().getLeaf() instanceof ClassTree owner) {
                constants.put(owner.getSimpleName() + "." + field.getName(), field.getInitializer());
            }
            return super.visitVariable(field, none);
        }
    }

    private static final class Texts extends StringLiterals.Scanner {
        private final String file;
        private final Map<String, ExpressionTree> constants;
        private final List<Text> texts;
        private final String type;

        Texts(CompilationUnitTree unit, Map<String, ExpressionTree> constants, List<Text> texts) {
            this.file = unit.getSourceFile().getName().substring(1);
            this.type = file.replaceAll(".*/|\\.java", "");
            this.constants = constants;
            this.texts = texts;
        }

        @Override
        protected void found(List<Tree> terms) {
            boolean direct = false;
            boolean internal = file.startsWith("config/") || file.startsWith("tool/") || VALIDATION.contains(type);
            TreePath path = getCurrentPath();
            for (int depth = 0; path != null && !(path.getLeaf() instanceof MethodTree); depth++) {
                String call = call(path.getLeaf());
                direct |= depth == 1
                        && (call.endsWith("Exception")
                                || Set.of("warn", "error").contains(call));
                internal |= INTERNAL.contains(call);
                path = path.getParentPath();
            }
            internal |= path != null && VALIDATION.contains(type + "." + signature((MethodTree) path.getLeaf()));
            String shown = GAPS.matcher(text(terms, 0)).replaceAll("…").replaceAll("…+", "…");
            texts.add(new Text(file, shown, DocumentedTextsTest.parts(shown), direct, internal));
        }

        private static String signature(MethodTree method) {
            return method.getName()
                    + method.getParameters().stream()
                            .map(parameter -> parameter.getType().toString())
                            .collect(Collectors.joining(",", "(", ")"));
        }

        private static String call(Tree tree) {
            if (tree instanceof MethodInvocationTree call) {
                return call.getMethodSelect() instanceof MemberSelectTree member
                        ? member.getIdentifier().toString()
                        : call.getMethodSelect().toString();
            }
            return tree instanceof NewClassTree created
                    ? created.getIdentifier().toString()
                    : "";
        }

        /** @param depth of constants, each of which may be made of others */
        private String text(List<Tree> terms, int depth) {
            StringBuilder text = new StringBuilder();
            for (Tree term : terms) {
                String name = term instanceof IdentifierTree own ? type + "." + own : term.toString();
                ExpressionTree constant = depth < ENOUGH ? constants.get(name) : null;
                if (term instanceof LiteralTree literal) {
                    text.append(literal.getValue());
                } else {
                    text.append(constant == null ? "…" : text(StringLiterals.terms(constant), depth + 1));
                }
            }
            return text.toString();
        }
    }
}
