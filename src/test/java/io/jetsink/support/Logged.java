package io.jetsink.support;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The lines that are logged in this JVM, from the creation on until closed: level, blank, message. */
public final class Logged extends AbstractAppender implements AutoCloseable {
    /** Log4j2 tells appenders apart by their names. */
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final LogBinding.Jul jnats;
    private final Logger logger;
    private final Consumer<LogEvent> events;

    private Logged(String name, Consumer<LogEvent> events, boolean withJnats) {
        super("logged-" + NAMES.incrementAndGet(), null, null, true, Property.EMPTY_ARRAY);
        LogBinding.require();
        this.logger = (Logger) LogManager.getLogger(name);
        this.events = events;
        this.jnats = LogBinding.jul(withJnats ? lines::add : line -> {});
        start();
        logger.addAppender(this);
    }

    /** Keeps what the connector and jnats log from INFO on. */
    public static Logged begin() {
        return new Logged("io.jetsink", event -> {}, true);
    }

    /** Keeps what this class or package logs from INFO on; the test need not see the class. */
    public static Logged of(String name) {
        return new Logged(name, event -> {}, false);
    }

    /** Passes on every event of this JVM, at all levels, and keeps the lines from INFO on. */
    public static Logged all(Consumer<LogEvent> events) {
        return new Logged(LogManager.ROOT_LOGGER_NAME, events, true);
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Those lines that contain the text. */
    public List<String> lines(String text) {
        return lines.stream().filter(line -> line.contains(text)).toList();
    }

    @Override
    public void append(LogEvent event) {
        events.accept(event);
        if (event.getLevel().isMoreSpecificThan(Level.INFO)) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    }

    @Override
    public void close() {
        logger.removeAppender(this);
        jnats.close();
        stop();
    }
}
