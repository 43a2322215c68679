package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.util.TreePathScanner;
import io.jetsink.support.StringLiterals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Finds texts without a code of the error catalogue: WARN and ERROR lines, failures that Connect shows, and errors of
 * validation. A WARN or ERROR line also names the task or the connector after its code: a worker has several. The constructors of the connector's own exceptions require a code, so that the compiler finds these.
 */
class CodedTextsTest {
    private static final Path SOURCES = Path.of("src/main/java/io/jetsink");
    /** An expression of type ErrorCode. */
    private static final Pattern CODE =
            Pattern.compile("ErrorCode\\.[A-Z_]+|code|(?s:.*)\\b(?:code|codeOf)\\((?s:.*)\\)");
    /** An expression for the name of a task or a connector. */
    private static final Pattern NAME =
            Pattern.compile("name|task|connector|name\\(props\\)|partition\\.logName\\(\\)|replies\\.task\\(\\)");
    /** Exceptions that Connect shows as they are. */
    private static final Set<String> SHOWN = Set.of("ConnectException", "ConfigException");
    /** Joins errors that have codes. */
    private static final String JOINS = "config/SinkConfig.java";
    /** The command line, which is not part of a task: its own failures have exit statuses. */
    private static final String COMMAND = "tool/";
    /** Causes of a ConnectFailedException, which has the code. */
    private static final Set<String> HANDSHAKE =
            Set.of("nats/ConnectAttempt.java", "nats/FailedAttempt.java", "nats/ResettingDataPort.java");

    @Test
    void everyTextHasACode() throws IOException {
        List<JavaFileObject> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(SOURCES)) {
            for (Path file :
                    found.filter(path -> path.toString().endsWith(".java")).toList()) {
                files.add(StringLiterals.file(SOURCES.relativize(file).toString(), Files.readString(file)));
            }
        }

        assertThat(uncoded(files)).isEmpty();
    }

    @Test
    void aTextWithoutACodeIsReported() throws IOException {
        JavaFileObject mutant = StringLiterals.file("publish/Mutant.java", """
                class Mutant {
                    void fail(String text, ErrorCode code, Exception e) {
                        LOG.warn("{}: the moon rises", name);
                        LOG.warn("the moon rises over {} with {}", ErrorCode.NO_ACK, name);
                        LOG.error("{} {}: the moon sets", name, text);
                        LOG.warn("{} {}: the moon is full", ErrorCode.NO_ACK, name);
                        LOG.warn(text, code, name);
                        LOG.warn("{} {}: the moon wanes", ErrorCode.NO_ACK, partition.id());
                        LOG.warn("{} the moon waxes", ErrorCode.NO_ACK);
                        LOG.info("{}: the moon is new", name);
                        value.addErrorMessage("moon.phase " + text);
                        value.addErrorMessage(code.text("moon.phase is full"));
                        if (a) throw new ConnectException("no moon", e);
                        if (b) throw new ConnectException(code.text("no moon"), e);
                        if (c) throw new ConfigException(text);
                        if (d) throw new IOException("no moon");
                        throw new IOException("no moon", e);
                    }
                }
                """);

        assertThat(uncoded(List.of(mutant)))
                .containsExactly(
                        "publish/Mutant.java: LOG.warn(\"{}: the moon rises\", name)",
                        "publish/Mutant.java: LOG.warn(\"the moon rises over {} with {}\", ErrorCode.NO_ACK, name)",
                        "publish/Mutant.java: LOG.error(\"{} {}: the moon sets\", name, text)",
                        "publish/Mutant.java: LOG.warn(\"{} {}: the moon wanes\", ErrorCode.NO_ACK, partition.id())",
                        "publish/Mutant.java: LOG.warn(\"{} the moon waxes\", ErrorCode.NO_ACK)",
                        "publish/Mutant.java: value.addErrorMessage(\"moon.phase \" + text)",
                        "publish/Mutant.java: new ConnectException(\"no moon\", e)",
                        "publish/Mutant.java: new ConfigException(text)",
                        "publish/Mutant.java: new IOException(\"no moon\")");
    }

    private static List<String> uncoded(List<JavaFileObject> files) throws IOException {
        List<String> found = new ArrayList<>();
        for (CompilationUnitTree unit : StringLiterals.parser(files).parse()) {
            new Calls(unit.getSourceFile().getName().substring(1), found).scan(unit, null);
        }
        return found;
    }

    private static final class Calls extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final String file;
        private final List<String> found;

        Calls(String file, List<String> found) {
            this.file = file;
            this.found = found;
        }

        @Override
        public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void none) {
            String method = call.getMethodSelect().toString();
            List<? extends ExpressionTree> arguments = call.getArguments();
            if (Set.of("LOG.warn", "LOG.error").contains(method)) {
                String template = literal(arguments.get(0));
                boolean begins = template == null || template.startsWith("{} {}");
                check(begins && arguments.size() > 2 && isCode(arguments.get(1)) && isName(arguments.get(2)), call);
            } else if (method.endsWith(".addErrorMessage")) {
                check(literal(arguments.get(0)) == null, call);
            }
            return super.visitMethodInvocation(call, none);
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree created, @Nullable Void none) {
            String type = created.getIdentifier().toString();
            List<? extends ExpressionTree> arguments = created.getArguments();
            if (SHOWN.contains(type) && !file.equals(JOINS)) {
                check(isCoded(arguments.get(0)), created);
            } else if (type.equals("IOException") && !HANDSHAKE.contains(file) && !file.startsWith(COMMAND)) {
                // The code is that of the cause.
                check(arguments.size() == 2, created);
            }
            return super.visitNewClass(created, none);
        }

        private void check(boolean holds, ExpressionTree expression) {
            if (!holds) {
                found.add(file + ": " + expression);
            }
        }

        private static boolean isCode(ExpressionTree expression) {
            return CODE.matcher(expression.toString()).matches();
        }

        private static boolean isName(ExpressionTree expression) {
            return NAME.matcher(expression.toString()).matches();
        }

        private static boolean isCoded(ExpressionTree text) {
            return text instanceof MethodInvocationTree call
                    && call.getMethodSelect() instanceof MemberSelectTree method
                    && method.getIdentifier().contentEquals("text")
                    && isCode(method.getExpression());
        }

        /** Returns the beginning of a text, null if it is not a literal. */
        private static @Nullable String literal(ExpressionTree expression) {
            if (expression instanceof BinaryTree sum) {
                return literal(sum.getLeftOperand());
            }
            return expression instanceof LiteralTree literal ? String.valueOf(literal.getValue()) : null;
        }
    }
}
