package io.jetsink.tool;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command line.
 *
 * @param file configuration of the connector
 * @param worker properties of the worker, or null
 * @param bootstrapServer replaces the worker's {@code bootstrap.servers}, or null
 * @param json whether the output is JSON
 * @param records maximum number of records that {@code explain} reads
 * @param topic only topic that {@code explain} reads or {@code import} converts, or null for all
 * @param toEnd whether {@code verify} reads up to the end of the topics, and not to the committed offsets
 */
record Arguments(
        Command command,
        Path file,
        @Nullable Path worker,
        @Nullable String bootstrapServer,
        boolean json,
        int records,
        @Nullable String topic,
        boolean toEnd) {

    static final String USAGE = """
            Usage: jetsink <command> connector.json [options]

            Commands:
              check      Validates the configuration, and checks server, stream and permissions.
              explain    Prints the messages that records of the topics become. Publishes nothing.
              verify     Compares the topics with the stream, partition by partition.
              import     Prints the connectors for a configuration file of nats-kafka, in place of connector.json.

            connector.json is {"name": ..., "config": {...}}, or the configuration alone.

            Options:
              --worker FILE                 properties of the worker: config providers, converters, consumer.*, plugin.path
              --bootstrap-server HOST:PORT  replaces bootstrap.servers of the worker
              --format text|json            format of the output; text by default
              --records N                   explain: number of records; 10 by default
              --topic TOPIC                 explain, import: only this topic
              --to-end                      verify: up to the end of the topics, and not to the committed offsets
              --help, --version

            Exit status: 0 no problem, 1 a problem, 2 wrong usage.
            """;

    private static final int RECORDS = 10;
    private static final int MAX_RECORDS = 1_000_000;

    /** The subcommands. */
    enum Command {
        CHECK,
        EXPLAIN,
        VERIFY,
        IMPORT
    }

    /** @throws UsageException if the command line is not valid */
    static Arguments parse(List<String> arguments) {
        Deque<String> rest = new ArrayDeque<>(arguments);
        Command command = command(rest.poll());
        Path file = null;
        Path worker = null;
        String bootstrapServer = null;
        boolean json = false;
        int records = RECORDS;
        String topic = null;
        boolean toEnd = false;
        while (!rest.isEmpty()) {
            String word = rest.remove();
            switch (word) {
                case "--worker" -> worker = Path.of(value(notImport(command, word), rest));
                case "--bootstrap-server" -> bootstrapServer = value(notImport(command, word), rest);
                case "--format" -> json = isJson(value(word, rest));
                case "--records" -> records = count(only(Command.EXPLAIN, command, word), value(word, rest));
                case "--topic" ->
                    topic = value(command == Command.IMPORT ? word : only(Command.EXPLAIN, command, word), rest);
                case "--to-end" -> toEnd = !only(Command.VERIFY, command, word).isEmpty();
                default -> file = file(word, file);
            }
        }
        if (file == null) {
            throw new UsageException("the file with the configuration of the connector is missing");
        }
        return new Arguments(command, file, worker, bootstrapServer, json, records, topic, toEnd);
    }

    private static Command command(@Nullable String word) {
        return switch (word == null ? "" : word) {
            case "check" -> Command.CHECK;
            case "explain" -> Command.EXPLAIN;
            case "verify" -> Command.VERIFY;
            case "import" -> Command.IMPORT;
            case "" -> throw new UsageException("the command is missing");
            default -> throw new UsageException("there is no command " + word);
        };
    }

    private static String only(Command command, Command given, String option) {
        if (given != command) {
            throw new UsageException(option + " is not an option of this command");
        }
        return option;
    }

    private static String notImport(Command given, String option) {
        return given == Command.IMPORT ? only(Command.CHECK, given, option) : option;
    }

    private static String value(String option, Deque<String> rest) {
        String value = rest.poll();
        if (value == null || value.isEmpty()) {
            throw new UsageException(option + " requires a value");
        }
        return value;
    }

    private static boolean isJson(String format) {
        return switch (format) {
            case "json" -> true;
            case "text" -> false;
            default -> throw new UsageException("--format must be text or json");
        };
    }

    private static int count(String option, String value) {
        if (!value.matches("\\d{1,7}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > MAX_RECORDS) {
            throw new UsageException(option + " must be a number from 1 to " + MAX_RECORDS);
        }
        return Integer.parseInt(value);
    }

    private static Path file(String word, @Nullable Path before) {
        if (word.startsWith("-")) {
            throw new UsageException("there is no option " + word);
        }
        if (before != null) {
            throw new UsageException("there is a second file " + word);
        }
        return Path.of(word);
    }
}
