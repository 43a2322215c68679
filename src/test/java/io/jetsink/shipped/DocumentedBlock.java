package io.jetsink.shipped;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A block of code of a document, a command within its text, or commands in the comments of a file of {@code docker}.
 *
 * @param file the path in the repository
 * @param line the line of the first line of the text
 * @param language that of the fence, {@code sh} for comments, or {@link #INLINE}
 * @param text the content
 */
record DocumentedBlock(String file, int line, String language, String text) {
    static final Path BASE = Path.of(System.getProperty("jetsink.basedir"));
    /** The language of a command within a sentence or a table. */
    static final String INLINE = "inline";
    /** The languages that a reader runs or uses. The others show output, pictures and code. */
    static final Set<String> USED = Set.of("sh", "json", "yaml", "properties", "conf", "dockerfile", INLINE);

    private static final String PROGRAMS =
            "(?:(?:bin/)?jetsink|nats|mvn|curl|openssl|keytool|kubectl|docker|nsc|trivy|unzip|(?:kafka|connect)-[a-z-]+\\.sh)";
    private static final Pattern FENCED = Pattern.compile("(?ms)^( *)```([a-z]*)\\R(.*?)^ *```$");
    private static final Pattern COMMAND = Pattern.compile("(?<!`)`(" + PROGRAMS + "\\s[^`…]+)`(?!`)");
    private static final Pattern COMMENTS = Pattern.compile("(?m)(?:^# {3,}\\S.*\\R)+");
    private static final Pattern BEGINS = Pattern.compile("(?m)^(?:\\$ )?" + PROGRAMS + "\\s");
    /** History, and reports of past measurements. */
    private static final Pattern PAST = Pattern.compile("CHANGELOG\\.md|src/docs/(adr|benchmarks)/.*");

    /** Returns those of all documents and of the comments in {@code docker}. */
    static List<DocumentedBlock> all() {
        List<DocumentedBlock> all = new ArrayList<>();
        for (Path file : files()) {
            String name = BASE.relativize(file).toString();
            String text = read(file);
            all.addAll(name.endsWith(".md") ? ofDocument(name, text) : ofComments(name, text));
        }
        return all;
    }

    /** Returns the blocks of these languages in the files whose path matches. */
    static List<DocumentedBlock> in(String files, String... languages) {
        return all().stream()
                .filter(block -> block.file.matches(files) && List.of(languages).contains(block.language))
                .toList();
    }

    static List<DocumentedBlock> ofDocument(String file, String text) {
        List<DocumentedBlock> blocks = new ArrayList<>();
        FENCED.matcher(text)
                .results()
                .forEach(found -> blocks.add(new DocumentedBlock(
                        file,
                        line(text, found.start(3)),
                        found.group(2),
                        found.group(3).replaceAll("(?m)^" + found.group(1), ""))));
        // Lines keep their numbers.
        String sentences =
                FENCED.matcher(text).replaceAll(found -> found.group().replaceAll("[^\\n]", ""));
        COMMAND.matcher(sentences)
                .results()
                .forEach(found -> blocks.add(new DocumentedBlock(
                        file,
                        line(sentences, found.start()),
                        INLINE,
                        found.group(1).replaceAll("\\s*\\R\\s*", " ").replace("\\|", "|"))));
        return blocks;
    }

    private static List<DocumentedBlock> ofComments(String file, String text) {
        return COMMENTS.matcher(text)
                .results()
                .map(found -> new DocumentedBlock(file, line(text, found.start()), "sh", uncommented(found)))
                .toList();
    }

    private static String uncommented(MatchResult comment) {
        return comment.group().replaceAll("(?m)^# {3}", "");
    }

    /** Whether a text without a language looks like commands. */
    boolean isUnlabelledCommand() {
        return !USED.contains(language) && BEGINS.matcher(text).find();
    }

    private static int line(String text, int position) {
        return 1
                + (int) text.substring(0, position)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    private static List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (String name :
                List.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "connector", "src/docs", "docker", "config")) {
            try (Stream<Path> all = Files.walk(BASE.resolve(name))) {
                all.filter(Files::isRegularFile)
                        .filter(DocumentedBlock::isDocument)
                        .sorted()
                        .forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(name + " cannot be listed", e);
            }
        }
        return files;
    }

    private static boolean isDocument(Path file) {
        String name = BASE.relativize(file).toString();
        return (name.endsWith(".md") && !PAST.matcher(name).matches()) || name.matches("docker/.*(\\.yaml|Dockerfile)");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** The place, as an editor opens it. */
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
