package io.jetsink.support;

import java.util.ArrayList;
import java.util.List;

/** Reads the string literals and text blocks of a Java source, without comments and character literals. */
public final class StringLiterals {
    /** Stands for an expression between two joined literals. */
    public static final String EXPRESSION = "…";

    private final String source;
    private final List<Literal> found = new ArrayList<>();
    private int at;
    private int line = 1;

    /** One string: literals joined by {@code +} form one. An expression between them is {@link #EXPRESSION}. */
    public record Literal(int line, String text) {}

    private StringLiterals(String source) {
        this.source = source;
    }

    /** Returns the strings of a source in its order, each with the line where it begins. */
    public static List<Literal> of(String source) {
        return new StringLiterals(source).read();
    }

    private List<Literal> read() {
        StringBuilder code = new StringBuilder();
        while (at < source.length()) {
            char c = source.charAt(at);
            if (source.startsWith("//", at)) {
                skipTo("\n", 0);
            } else if (source.startsWith("/*", at)) {
                skipTo("*/", 2);
            } else if (source.startsWith("\"\"\"", at)) {
                int begin = line;
                add(code, begin, textBlock());
                code.setLength(0);
            } else if (c == '"' || c == '\'') {
                int begin = line;
                String text = quoted(c);
                if (c == '"') {
                    add(code, begin, text);
                    code.setLength(0);
                }
            } else {
                code.append(c);
                advance(1);
            }
        }
        return found;
    }

    /** Adds a literal, or appends it to the one before if {@code +} joins both. */
    private void add(CharSequence between, int begin, String text) {
        String code = between.toString().strip();
        if (!found.isEmpty() && code.startsWith("+") && code.endsWith("+") && isOneExpression(code)) {
            Literal last = found.remove(found.size() - 1);
            found.add(new Literal(last.line, last.text + (code.length() > 1 ? EXPRESSION : "") + text));
        } else {
            found.add(new Literal(begin, text));
        }
    }

    private static boolean isOneExpression(String code) {
        int depth = 0;
        for (char c : code.toCharArray()) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth < 0 || depth == 0 && c == ',' || c == ';') {
                return false;
            }
        }
        return depth == 0;
    }

    private String quoted(char quote) {
        StringBuilder text = new StringBuilder();
        advance(1);
        while (source.charAt(at) != quote) {
            text.append(character());
        }
        advance(1);
        return text.toString();
    }

    private String textBlock() {
        StringBuilder text = new StringBuilder();
        advance(source.indexOf('\n', at) + 1 - at);
        while (!source.startsWith("\"\"\"", at)) {
            text.append(character());
        }
        advance(3);
        return text.toString().stripIndent();
    }

    /** Returns the next character; an escaped one as a blank, except a quote or a backslash. */
    private String character() {
        char c = source.charAt(at);
        if (c != '\\') {
            advance(1);
            return String.valueOf(c);
        }
        char escaped = source.charAt(at + 1);
        advance(2);
        return switch (escaped) {
            case '"', '\'', '\\' -> String.valueOf(escaped);
            case '\n' -> "";
            case 'n' -> "\n";
            default -> " ";
        };
    }

    private void skipTo(String end, int length) {
        int found = source.indexOf(end, at);
        advance((found < 0 ? source.length() : found + length) - at);
    }

    private void advance(int characters) {
        for (int end = at + characters; at < end; at++) {
            if (source.charAt(at) == '\n') {
                line++;
            }
        }
    }
}
