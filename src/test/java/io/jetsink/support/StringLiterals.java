package io.jetsink.support;

import static java.util.Objects.requireNonNull;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Reads the strings of Java sources: literals and text blocks. Literals joined by {@code +} form one string. */
public final class StringLiterals {
    /** Replaces an expression between two joined literals. */
    public static final String EXPRESSION = "…";

    private StringLiterals() {}

    /** One string, and the line where it begins. */
    public record Literal(long line, String text) {}

    /** Returns the strings of a source in its order. */
    public static List<Literal> of(String source) throws IOException {
        JavacTask parser = parser(List.of(file("Source.java", source)));
        List<Literal> found = new ArrayList<>();
        for (CompilationUnitTree unit : parser.parse()) {
            new Scanner() {
                @Override
                protected void found(List<Tree> terms) {
                    long at = Trees.instance(parser).getSourcePositions().getStartPosition(unit, terms.get(0));
                    StringBuilder text = new StringBuilder();
                    terms.forEach(term -> text.append(isString(term) ? ((LiteralTree) term).getValue() : EXPRESSION));
                    found.add(new Literal(unit.getLineMap().getLineNumber(at), text.toString()));
                }
            }.scan(unit, null);
        }
        return found;
    }

    public static JavaFileObject file(String name, String content) {
        return new SimpleJavaFileObject(URI.create("memory:///" + name), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return content;
            }
        };
    }

    public static JavacTask parser(List<JavaFileObject> files) {
        return (JavacTask) requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK, not a JRE")
                .getTask(null, null, null, List.of("-proc:none"), null, files);
    }

    /** Returns the operands of nested sums; the operands of any other operator as one. */
    public static List<Tree> terms(Tree expression) {
        if (expression instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
            return Stream.of(sum.getLeftOperand(), sum.getRightOperand())
                    .flatMap(operand -> terms(operand).stream())
                    .toList();
        }
        return expression instanceof ParenthesizedTree inner && isString(inner.getExpression())
                ? terms(inner.getExpression())
                : List.of(expression);
    }

    private static boolean isString(Tree term) {
        return term instanceof LiteralTree literal && literal.getValue() instanceof String;
    }

    /** Finds the sums that contain a literal, and the literals that belong to no sum. */
    public abstract static class Scanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
        protected abstract void found(List<Tree> terms);

        @Override
        public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void none) {
            if (isString(literal)) {
                found(List.of(literal));
            }
            return none;
        }

        @Override
        public @Nullable Void visitBinary(BinaryTree sum, @Nullable Void none) {
            List<Tree> terms = terms(sum);
            if (terms.stream().noneMatch(StringLiterals::isString)) {
                return super.visitBinary(sum, none);
            }
            found(terms);
            terms.stream().filter(term -> !isString(term)).forEach(term -> scan(term, none));
            return none;
        }
    }
}
