package io.jetsink.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Time and allocation per record, by JMH with its gc profiler: {@code -Dbench.jmh}. JMH's harness is generated here and
 * not by the build, which stays quick thereby.
 */
final class MicroBench {
    private static final String SHORT_BASE = JnatsBenchmark.class.getName() + ".publish";
    private static final String LONG_BASE = JnatsBenchmark.class.getName() + ".publishWithLongReply";

    private final Path basedir;
    private final Path folder;
    private final PrintStream out;
    private final String part;

    /** @param part of the names of the benchmarks to run */
    MicroBench(Path basedir, PrintStream out, String part) {
        this.basedir = basedir;
        this.folder = basedir.resolve(Path.of("target", "bench"));
        this.out = out;
        this.part = part;
    }

    void run() throws IOException, InterruptedException {
        Path harness = Files.createDirectories(folder.resolve("jmh-classes"));
        generate(harness);
        out.println("JMH takes half a minute for each; its own output goes to " + folder.resolve("jmh.txt"));
        measure(harness);
        String table =
                table(new ObjectMapper().readTree(folder.resolve("jmh.json").toFile()));
        Files.writeString(folder.resolve("jmh.md"), table);
        out.println();
        out.print(table);
        out.println();
        out.println("Written to " + folder + ": jmh.md, jmh.json");
    }

    private void generate(Path harness) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-d",
                harness.toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                "-processor",
                "org.openjdk.jmh.generators.BenchmarkProcessor",
                "-nowarn"));
        try (Stream<Path> files = Files.walk(basedir.resolve(Path.of("src", "test", "java")))) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith("Benchmark.java"))
                    .forEach(arguments::add);
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("JMH's harness cannot be compiled; the compiler says why above");
        }
    }

    private void measure(Path harness) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                harness + File.pathSeparator + System.getProperty("java.class.path"),
                "-Djmh.ignoreLock=true",
                "org.openjdk.jmh.Main",
                ".*" + part + ".*"));
        command.addAll(List.of("-prof gc -f 1 -wi 5 -w 2 -i 5 -r 2 -foe true -rf json".split(" ")));
        command.addAll(List.of("-rff", folder.resolve("jmh.json").toString()));
        command.addAll(List.of("-o", folder.resolve("jmh.txt").toString(), "-jvmArgsAppend", jvmArguments()));
        Process jmh = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (jmh.waitFor() != 0) {
            throw new IllegalStateException("JMH failed; see " + folder.resolve("jmh.txt"));
        }
    }

    /** Where a nats-server comes from, and quiet logs. */
    private static String jvmArguments() {
        StringBuilder arguments = new StringBuilder("-Dlog4j2.configurationFile=classpath:io/jetsink/bench/log4j2.xml");
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("nats.server.")) {
                arguments.append(" -D").append(name).append('=').append(System.getProperty(name));
            }
        }
        return arguments.toString();
    }

    private static String table(JsonNode results) {
        OptionalDouble shortBase = allocated(results, SHORT_BASE);
        OptionalDouble longBase = allocated(results, LONG_BASE);
        StringBuilder text = new StringBuilder(
                        "| benchmark | ns/record | B/record | beyond a short reply | beyond one as long |\n")
                .append("|---|---:|---:|---:|---:|\n");
        for (JsonNode result : results) {
            String name = result.path("benchmark").asText();
            String mode = result.path("params").path("mode").asText();
            boolean publishes = !name.startsWith(TranslateBenchmark.class.getName());
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s`%s | %.0f | %.0f | %s | %s |%n",
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                    mode.isEmpty() ? "" : " " + mode,
                    result.path("primaryMetric").path("score").asDouble(),
                    allocated(result),
                    publishes ? beyond(result, shortBase) : "",
                    publishes ? beyond(result, longBase) : ""));
        }
        return text.toString();
    }

    /** Nothing if it did not run. */
    private static OptionalDouble allocated(JsonNode results, String benchmark) {
        for (JsonNode result : results) {
            if (result.path("benchmark").asText().equals(benchmark)) {
                return OptionalDouble.of(allocated(result));
            }
        }
        return OptionalDouble.empty();
    }

    private static String beyond(JsonNode result, OptionalDouble base) {
        return base.isEmpty() ? "" : String.format(Locale.ROOT, "%.0f", allocated(result) - base.getAsDouble());
    }

    private static double allocated(JsonNode result) {
        return result.path("secondaryMetrics")
                .path("gc.alloc.rate.norm")
                .path("score")
                .asDouble();
    }
}
