package io.jetsink.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** The options of the command line. The Maven profile passes an option that was not given as an empty value. */
final class BenchOptions {
    /** Options that only the scenario {@code throughput} has. */
    private static final List<String> OF_THROUGHPUT = List.of(
            "bench.arms",
            "bench.batch.messages",
            "bench.before",
            "bench.config",
            "bench.replicas",
            "bench.value.bytes");

    private final UnaryOperator<String> properties;

    /** @param properties returns the value of an option, or an empty text */
    BenchOptions(UnaryOperator<String> properties) {
        this.properties = properties;
    }

    static BenchOptions fromSystemProperties() {
        return new BenchOptions(name -> System.getProperty(name, ""));
    }

    Path basedir() {
        return Path.of(text("jetsink.basedir", "."));
    }

    Path folder() {
        return basedir().resolve(Path.of("target", "bench"));
    }

    String version() {
        return text("jetsink.version", "unknown");
    }

    /** The names of the scenarios to run, or an empty list for all of them. */
    List<String> scenarios() {
        String names = text("bench", "");
        if (names.isEmpty()) {
            return OF_THROUGHPUT.stream().anyMatch(this::isGiven) ? List.of("throughput") : List.of();
        }
        return Arrays.stream(names.split(",", -1)).map(String::strip).toList();
    }

    int rounds(int otherwise) {
        return number("bench.rounds", otherwise, 1, 1_000);
    }

    int warmUp(int otherwise) {
        return number("bench.warmup", otherwise, 0, 1_000);
    }

    int records(int otherwise) {
        return number("bench.records", otherwise, 1_000, 50_000_000);
    }

    /** Whether the results replace those of {@code src/docs/benchmarks}. */
    boolean write() {
        return isGiven("bench.write") && !text("bench.write", "").equals("false");
    }

    /** The command line of one scenario, with the options that were given. */
    String command(String scenario) {
        List<String> command = new ArrayList<>(List.of("mvn -q -Pbench -Dbench=" + scenario));
        List<String> names = new ArrayList<>(
                List.of("bench.records", "bench.rounds", "bench.roundtrips", "bench.seconds", "bench.warmup"));
        names.addAll(OF_THROUGHPUT);
        for (String name : names) {
            if (isGiven(name)) {
                command.add("-D" + name + "=" + text(name, ""));
            }
        }
        return String.join(" ", command);
    }

    String text(String name, String otherwise) {
        String value = properties.apply(name);
        return value.isBlank() ? otherwise : value.strip();
    }

    int number(String name, int otherwise, int least, int most) {
        return number(name, text(name, Integer.toString(otherwise)), least, most);
    }

    /** Returns numbers that are separated by commas. */
    List<Integer> numbers(String name, String otherwise, int least, int most) {
        return Arrays.stream(text(name, otherwise).split(",", -1))
                .map(text -> number(name, text.strip(), least, most))
                .toList();
    }

    private static int number(String name, String text, int least, int most) {
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "-D" + name + "=" + text + " is not a whole number from " + least + " to " + most);
        }
        return number;
    }

    private boolean isGiven(String name) {
        return !properties.apply(name).isBlank();
    }
}
