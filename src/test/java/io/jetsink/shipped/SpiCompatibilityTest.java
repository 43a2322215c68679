package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.SubjectMapper;
import io.jetsink.support.process.ClassesJar;
import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.model.JApiClass;
import japicmp.model.JApiCompatibility;
import japicmp.model.JApiCompatibilityChange;
import japicmp.model.JApiCompatibilityChangeType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares {@code io.jetsink.spi} with its declarations in each release: classes of users must continue to work. */
final class SpiCompatibilityTest {
    private static final Path BASELINES = Path.of("src/build");

    @TempDir
    private Path folder;

    static Stream<Path> baselines() throws IOException {
        try (Stream<Path> folders = Files.list(BASELINES)) {
            return folders.filter(baseline -> baseline.getFileName().toString().startsWith("spi-")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("baselines")
    void classesOfUsersContinueToWork(Path baseline) throws IOException {
        Path now = Files.write(folder.resolve("now.jar"), ClassesJar.of(SubjectMapper.class, Map.of()));

        assertThat(problems(jar(baseline), now))
                .as("io.jetsink.spi is not compatible with src/build/" + baseline.getFileName()
                        + ", so classes of users stop working. src/docs/versioning.md#plug-ins describes the allowed changes:"
                        + " keep the method, mark it as deprecated, and give a new method a default")
                .isEmpty();
    }

    /** Each change of the first release that breaks users, and two that do not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SubjectMapper    | String subjectFor(SinkRecord record);      | String subject(SinkRecord record);                         | METHOD_REMOVED
            SubjectMapper    | String subjectFor(SinkRecord record);      | byte[] subjectFor(SinkRecord record);                      | METHOD_RETURN_TYPE_CHANGED
            SubjectMapper    | default List<String> subjects()            | default List<String> filters()                             | METHOD_REMOVED
            SubjectMapper    | String subjectFor(SinkRecord record);      | String subjectFor(SinkRecord record); void more(); void m(); | METHOD_ADDED_TO_INTERFACE
            PayloadEncoder   | MessageHeaders headers                     | Object headers                                             | METHOD_REMOVED
            PayloadEncoder   | extends Configurable, AutoCloseable        | extends AutoCloseable                                      | INTERFACE_REMOVED
            MessageHeaders   | void set(String name, String value);       | void put(String name, String value);                       | METHOD_REMOVED
            MessageHeaders   | public interface                           | interface                                                  | CLASS_LESS_ACCESSIBLE
            MessageHeaders   | void set(String name, String value);       | void set(String name, String value); void clear();         | NONE
            HeaderMapper     | void mapHeaders(                           | default void end() {} void mapHeaders(                     | NONE
            """)
    void changesThatBreakUsersAreFound(String type, String from, String to, String problem) throws IOException {
        Path release = BASELINES.resolve("spi-0.1.0");
        Path changed = Files.createDirectories(folder.resolve("changed/io/jetsink/spi"));
        for (Path file : sources(release)) {
            String source = Files.readString(file);
            if (file.endsWith(type + ".java")) {
                assertThat(source).contains(from);
                source = source.replace(from, to)
                        .replace("@FunctionalInterface\n", "")
                        .replace("@Override\n", "");
            }
            Files.writeString(changed.resolve(file.getFileName().toString()), source);
        }

        List<String> problems = problems(jar(release), jar(folder.resolve("changed")));

        if (problem.equals("NONE")) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).anySatisfy(found -> assertThat(found).contains(type, problem));
        }
    }

    @Test
    void theFirstReleaseHasABaseline() throws IOException {
        assertThat(baselines()).contains(BASELINES.resolve("spi-0.1.0"));
        assertThat(sources(BASELINES.resolve("spi-0.1.0"))).hasSize(6);
    }

    private static List<String> problems(Path before, Path after) {
        JarArchiveComparatorOptions options = new JarArchiveComparatorOptions();
        options.getIgnoreMissingClasses().setIgnoreAllMissingClasses(true);
        List<String> problems = new ArrayList<>();
        for (JApiClass type : new JarArchiveComparator(options)
                .compare(new JApiCmpArchive(before.toFile(), "before"), new JApiCmpArchive(after.toFile(), "after"))) {
            add(problems, type, "", type);
            type.getInterfaces().forEach(part -> add(problems, type, part.getFullyQualifiedName(), part));
            type.getFields().forEach(part -> add(problems, type, part.getName(), part));
            type.getMethods().forEach(part -> add(problems, type, part.getName(), part));
        }
        return problems;
    }

    /** The connector implements MessageHeaders, and users only call it. A new method of it breaks nobody. */
    private static void add(List<String> problems, JApiClass type, String name, JApiCompatibility part) {
        part.getCompatibilityChanges().stream()
                .filter(change -> !change.isBinaryCompatible() || !change.isSourceCompatible())
                .map(JApiCompatibilityChange::getType)
                .filter(change -> change != JApiCompatibilityChangeType.METHOD_ADDED_TO_INTERFACE
                        || !type.getFullyQualifiedName().equals(MessageHeaders.class.getName()))
                .forEach(change -> problems.add(type.getFullyQualifiedName() + " " + name + ": " + change));
    }

    /** Compiles sources and packs the classes. */
    private Path jar(Path sources) throws IOException {
        Path classes = Files.createTempDirectory(folder, "classes");
        List<String> words = new ArrayList<>(
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", classes.toString()));
        sources(sources).forEach(file -> words.add(file.toString()));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(String[]::new)))
                .isZero();
        Path jar = classes.resolveSibling(classes.getFileName() + ".jar");
        try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                ClassesJar.add(archive, classes.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return jar;
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
