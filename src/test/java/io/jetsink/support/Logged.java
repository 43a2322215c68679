package io.jetsink.support;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What the connector and jnats log at INFO and above in this JVM, from the creation on until closed. */
public final class Logged extends AbstractAppender implements AutoCloseable {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final LogBinding.Jul jnats = LogBinding.jul(lines::add);

    private Logged() {
        super("logged", null, null, true, Property.EMPTY_ARRAY);
    }

    public static Logged begin() {
        LogBinding.require();
        Logged logged = new Logged();
        logged.start();
        logger().addAppender(logged);
        return logged;
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
        if (event.getLevel().isMoreSpecificThan(Level.INFO)) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    }

    @Override
    public void close() {
        logger().removeAppender(this);
        jnats.close();
        stop();
    }

    private static Logger logger() {
        return (Logger) LogManager.getLogger("io.jetsink");
    }
}
