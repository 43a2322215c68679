package io.jetsink.message;

import java.util.Map;
import org.slf4j.MDC;

/**
 * The diagnostic context that Connect sets on its threads ({@code connector.context}), for threads of the connector: their
 * log lines then name connector and task in the format of the worker, too. Immutable.
 */
public final class LogContext {
    private final Map<String, String> values;

    private LogContext(Map<String, String> values) {
        this.values = values;
    }

    /** Returns the context of the thread that calls. */
    public static LogContext current() {
        Map<String, String> values = MDC.getCopyOfContextMap();
        return new LogContext(values == null ? Map.of() : values);
    }

    /** Returns a task for a new thread that sets this context first. */
    public Runnable in(Runnable task) {
        return () -> {
            MDC.setContextMap(values);
            task.run();
        };
    }
}
