package io.jetsink.support;

import io.jetsink.support.process.ProcessJava;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;
import org.apache.logging.slf4j.Log4jLoggerFactory;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * The way from a logger to the place where tests look. Without it every "nothing was logged" would be true, so that each
 * rig checks it before it looks.
 */
public final class LogBinding {
    /** A line of a worker in the layout of {@link ProcessJava}. */
    private static final Pattern LINE =
            Pattern.compile("^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} (TRACE|DEBUG|INFO|WARN|ERROR) ", Pattern.MULTILINE);

    private LogBinding() {}

    /** @throws IllegalStateException if SLF4J's loggers do not lead to log4j2 in this JVM */
    static void require() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (!(factory instanceof Log4jLoggerFactory)) {
            throw new IllegalStateException(
                    "SLF4J is bound to " + factory.getClass().getName()
                            + ", not to log4j2, so that no log line would be found: check log4j-slf4j-impl on the class path");
        }
    }

    /** @throws IllegalStateException if a process that has started has not logged a line of its own */
    public static void requireIn(String process, String log) {
        if (!LINE.matcher(log).find()) {
            throw new IllegalStateException(process
                    + " logs nothing, so that no log line would be found: check log4j-slf4j-impl on its class path:"
                    + System.lineSeparator() + log);
        }
    }

    /**
     * Hears what java.util.logging is given in this JVM, which is how jnats logs by default.
     *
     * @param lines gets each message from INFO on, behind "jul", its level and a blank; any thread
     */
    public static Jul jul(Consumer<String> lines) {
        return new Jul(lines);
    }

    /** Listens until closed. */
    public static final class Jul extends Handler implements AutoCloseable {
        private final Consumer<String> lines;

        private Jul(Consumer<String> lines) {
            this.lines = lines;
            setLevel(Level.INFO);
            LogManager.getLogManager().getLogger("").addHandler(this);
        }

        @Override
        public void publish(LogRecord event) {
            if (isLoggable(event)) {
                Throwable thrown = event.getThrown();
                lines.accept(
                        "jul " + event.getLevel() + " " + event.getMessage() + (thrown == null ? "" : " " + thrown));
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            LogManager.getLogManager().getLogger("").removeHandler(this);
        }
    }
}
