package io.jetsink.shipped;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The words of a {@code mvn} command, compared with the build. The documents' builds are not run: they would be builds within
 * the build.
 */
final class MavenCommand {
    private static final Set<String> PHASES = Set.of("clean", "test", "package", "verify");
    /** Properties of Maven's own plugins. */
    private static final Set<String> PLUGINS =
            Set.of("skipTests", "test", "it.test", "surefire.failIfNoSpecifiedTests", "gpg.keyname");

    private MavenCommand() {}

    /** Returns an error for each word that the build does not know. */
    static List<String> problems(List<String> words) throws IOException {
        String pom = Files.readString(DocumentedBlock.BASE.resolve("pom.xml"));
        List<String> problems = new ArrayList<>();
        boolean goal = false;
        for (String word : words) {
            if (word.startsWith("-P")) {
                goal |= word.matches("-P(quickstart|bench)");
                for (String profile : word.substring(2).split(",", -1)) {
                    if (!pom.contains("<id>" + profile + "</id>")) {
                        problems.add("no profile " + profile);
                    }
                }
            } else if (word.startsWith("-D")) {
                String[] property = word.substring(2).split("=", 2);
                if (!PLUGINS.contains(property[0]) && !pom.contains("${" + property[0] + "}") && !isRead(property[0])) {
                    problems.add("no property " + property[0]);
                }
                if (property[0].equals("test") || property[0].equals("it.test")) {
                    classes(property.length < 2 ? "" : property[1], problems);
                }
            } else if (PHASES.contains(word) || word.equals("spotless:apply")) {
                goal = true;
            } else if (!Set.of("-q", "-o", "-B").contains(word)) {
                problems.add("no goal or option " + word);
            }
        }
        if (!goal) {
            problems.add("no goal");
        }
        return problems;
    }

    private static void classes(String names, List<String> problems) throws IOException {
        for (String name : names.split(",", -1)) {
            if (!name.equals("none")
                    && sources().noneMatch(file -> file.getFileName().toString().equals(name + ".java"))) {
                problems.add("no test " + name);
            }
        }
    }

    private static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(DocumentedBlock.BASE.resolve("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        }
    }

    /** Whether a test reads a property of the system. */
    private static boolean isRead(String property) throws IOException {
        for (Path source : sources().toList()) {
            if (Files.readString(source).contains("(\"" + property + "\"")) {
                return true;
            }
        }
        return false;
    }
}
