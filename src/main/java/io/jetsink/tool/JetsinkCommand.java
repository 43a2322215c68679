package io.jetsink.tool;

import io.jetsink.Version;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The main class of {@code bin/jetsink}. */
public final class JetsinkCommand {
    /** Nothing is wrong. */
    static final int OK = 0;
    /** The configuration, the stream or a server has a problem. */
    static final int PROBLEM = 1;
    /** The command line or a file cannot be used. */
    static final int USAGE = 2;

    private JetsinkCommand() {}

    /** Runs the command and ends the JVM with its exit status. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int status = run(Arrays.asList(arguments), out, err);
        out.flush();
        System.exit(status);
    }

    /** Runs the command and returns its exit status. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(Arguments.USAGE);
            return OK;
        }
        if (arguments.contains("--version")) {
            out.println(Version.current());
            return OK;
        }
        Secrets secrets = new Secrets();
        try {
            return run(Arguments.parse(arguments), secrets, out, err);
        } catch (UsageException e) {
            err.println("jetsink: " + secrets.hide(String.valueOf(e.getMessage())));
            err.println("Run jetsink --help for the commands and options.");
            return USAGE;
        } catch (OutOfMemoryError e) {
            err.println("jetsink: the memory is not sufficient: set JETSINK_HEAP_OPTS, for example to -Xmx1g");
            return PROBLEM;
        } catch (Exception e) {
            err.println("jetsink: " + secrets.hide(Failures.describe(e)));
            return PROBLEM;
        }
    }

    private static int run(Arguments arguments, Secrets secrets, PrintStream out, PrintStream err) throws Exception {
        Output output = new Output(out, arguments.json());
        if (arguments.command() == Arguments.Command.IMPORT) {
            return new ImportCommand(arguments, err).run(output);
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (ConnectorConfig connector = ConnectorConfig.read(arguments, secrets)) {
            thread.setContextClassLoader(connector.classes());
            connector.requireResolved(arguments.command() != Arguments.Command.EXPLAIN);
            return switch (arguments.command()) {
                case CHECK -> new CheckCommand(connector, secrets).run(output);
                case EXPLAIN -> new ExplainCommand(connector, secrets).run(arguments, output);
                case VERIFY -> new VerifyCommand(connector).run(arguments, output, new Progress(err));
                case IMPORT -> throw new IllegalStateException("an import has no connector");
            };
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
