package io.jetsink.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What one class logs while a test runs, a line each: level, blank, message. */
public final class LogLines implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Keeper keeper = new Keeper();

    private LogLines(Logger logger) {
        this.logger = logger;
        keeper.start();
        logger.addAppender(keeper);
    }

    /** @param name of the class, which need not be visible to the test */
    public static LogLines of(String name) {
        LogBinding.require();
        return new LogLines((Logger) LogManager.getLogger(name));
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.removeAppender(keeper);
        keeper.stop();
    }

    private final class Keeper extends AbstractAppender {
        Keeper() {
            super("keeper", null, null, false, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    }
}
