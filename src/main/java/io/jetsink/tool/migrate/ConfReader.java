package io.jetsink.tool.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration format of nats-server: blocks, lists, quoted and bare values, comments, includes and variables. A
 * value is a {@code String}, a {@code Map} or a {@code List}. Keys are in lower case, because nats-kafka ignores their case.
 */
final class ConfReader {
    private static final int MAX_DEPTH = 32;
    private static final String INCLUDE = "include";
    /** Separate values, and end a bare one. */
    private static final String ENDS = ",;]}";

    private final Path file;
    private final String text;
    private final Function<String, @Nullable String> environment;
    private final Deque<Map<String, Object>> scopes;
    private int at;

    private ConfReader(Path file, Function<String, @Nullable String> environment, Deque<Map<String, Object>> scopes) {
        this.file = file;
        this.environment = environment;
        this.scopes = scopes;
        this.text = content(file);
    }

    /**
     * Reads a file with all that it includes.
     *
     * @param environment resolves variables that the file does not define
     * @throws ConfException if the file cannot be read
     */
    static Map<String, Object> read(Path file, Function<String, @Nullable String> environment) {
        Map<String, Object> root = new LinkedHashMap<>();
        Deque<Map<String, Object>> scopes = new ArrayDeque<>();
        scopes.push(root);
        new ConfReader(file, environment, scopes).entries(root, true);
        return root;
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfException(file + " cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private void entries(Map<String, Object> block, boolean isFile) {
        while (true) {
            skip();
            if (at == text.length()) {
                if (!isFile) {
                    throw error("a block has no }");
                }
                return;
            }
            if (text.charAt(at) == '}') {
                if (isFile) {
                    throw error("there is a } without a block");
                }
                at++;
                return;
            }
            String key = key();
            blanks();
            boolean separated = at < text.length() && ":=".indexOf(text.charAt(at)) >= 0;
            if (separated) {
                at++;
                blanks();
            }
            if (key.equals(INCLUDE) && !separated) {
                include(block);
            } else {
                block.put(key, value());
            }
        }
    }

    private String key() {
        char first = text.charAt(at);
        String key = first == '"' || first == '\'' ? quoted(first) : until(":={");
        if (key.isEmpty()) {
            throw error("a key is missing");
        }
        return key.toLowerCase(Locale.ROOT);
    }

    private Object value() {
        char first = at < text.length() ? text.charAt(at) : '}';
        return switch (first) {
            case '{' -> block();
            case '[' -> list();
            case '"', '\'' -> quoted(first);
            case '(' -> lines();
            default -> bare();
        };
    }

    private Map<String, Object> block() {
        Map<String, Object> block = new LinkedHashMap<>();
        enter(block);
        entries(block, false);
        scopes.pop();
        return block;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        enter(Map.of());
        while (true) {
            skip();
            if (at == text.length()) {
                throw error("a list has no ]");
            }
            if (text.charAt(at) == ']') {
                at++;
                scopes.pop();
                return list;
            }
            list.add(value());
        }
    }

    private void enter(Map<String, Object> scope) {
        if (scopes.size() == MAX_DEPTH) {
            throw error("blocks are nested more than " + MAX_DEPTH + " times");
        }
        scopes.push(scope);
        at++;
    }

    /** With double quotes, a backslash begins an escape sequence. */
    private String quoted(char quote) {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char next = text.charAt(at++);
            if (next == quote) {
                return value.toString();
            }
            value.append(next == '\\' && quote == '"' ? escaped() : next);
        }
        throw error("a text has no closing " + quote);
    }

    private char escaped() {
        char next = at < text.length() ? text.charAt(at++) : ' ';
        return switch (next) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '"', '\\' -> next;
            default -> throw error("an escape sequence is not valid");
        };
    }

    /** Lines in parentheses, of which the closing one begins a line. */
    private String lines() {
        int begin = at + 1;
        int end = begin;
        do {
            end = text.indexOf(')', end + 1);
            if (end < 0) {
                throw error("a text has no closing )");
            }
        } while (!text.substring(text.lastIndexOf('\n', end) + 1, end).isBlank());
        at = end + 1;
        return text.substring(begin, end).strip();
    }

    private Object bare() {
        String value = until(ENDS);
        if (value.isEmpty()) {
            throw error("a value is missing");
        }
        return value.startsWith("$") && !value.startsWith("$2") ? variable(value.substring(1)) : value;
    }

    private Object variable(String name) {
        for (Map<String, Object> scope : scopes) {
            Object value = scope.get(name.toLowerCase(Locale.ROOT));
            if (value != null) {
                return value;
            }
        }
        String value = environment.apply(name);
        if (value == null) {
            throw error("variable $" + name + " is neither a key of the file nor in the environment");
        }
        return value;
    }

    private void include(Map<String, Object> block) {
        Object name = value();
        try {
            Path included = file.resolveSibling(String.valueOf(name));
            enter(Map.of());
            at--;
            new ConfReader(included, environment, scopes).entries(block, true);
            scopes.pop();
        } catch (InvalidPathException e) {
            throw error("include has no valid path");
        }
    }

    private String until(String ends) {
        int begin = at;
        while (at < text.length() && !Character.isWhitespace(text.charAt(at)) && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(begin, at);
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** Skips all that separates entries. */
    private void skip() {
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next == '#' || text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (Character.isWhitespace(next) || next == ',' || next == ';') {
                at++;
            } else {
                return;
            }
        }
    }

    private ConfException error(String cause) {
        long line = text.substring(0, Math.min(at, text.length())).lines().count();
        return new ConfException(file + ", line " + Math.max(line, 1) + ": " + cause);
    }
}
