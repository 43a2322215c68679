package io.jetsink.faults;

import io.jetsink.support.Logged;
import io.jetsink.support.kafka.ConnectWorker;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * The password of every connector in the laboratory, which must show up in no log, at no level, whatever breaks. Hears what
 * this JVM logs from its creation on until closed. CanaryIT has all kinds of secrets, but fewer faults.
 */
final class Canary implements AutoCloseable {
    static final String USER = "bridge";
    static final String PASSWORD = "c4n4ry-in-the-laboratory";
    static final Map<String, String> CONFIG = Map.of("nats.auth.username", USER, "nats.auth.password", PASSWORD);

    /** Who reads what a connector is configured with. */
    private static final List<String> TALKATIVE =
            List.of("io.jetsink", "org.apache.kafka.common.config", "org.apache.kafka.connect");

    /** How a worker logs beyond INFO, so that it could be heard there: at TRACE all of Kafka would log every record. */
    static final String WORKER = """
            logger.jetsink.name = io.jetsink
            logger.jetsink.level = trace
            logger.config.level = info
            """;

    private static final AtomicInteger LISTENING = new AtomicInteger();

    private final Queue<String> found = new ConcurrentLinkedQueue<>();
    private final Logged logged = Logged.all(this::hear);
    private boolean debugging;

    private Canary() {}

    static Canary listen() {
        LISTENING.incrementAndGet();
        TALKATIVE.forEach(name -> Configurator.setLevel(name, Level.TRACE));
        return new Canary();
    }

    /** Where it was, or nothing; without itself. */
    List<String> found() {
        logged.lines("jul ").forEach(this::hear);
        return List.copyOf(found);
    }

    void listenTo(ConnectWorker worker) {
        String log = worker.log();
        debugging |= log.contains(" DEBUG ");
        log.lines().forEach(this::hear);
    }

    /** Whether a worker has said anything below INFO: if none has, it was listened to in vain. */
    boolean hasHeardWorkers() {
        return debugging;
    }

    private void hear(String text) {
        int at = text.indexOf(PASSWORD);
        if (at >= 0) {
            found.add(text.substring(Math.max(0, at - 200), at));
        }
    }

    private void hear(LogEvent event) {
        hear(event.getLevel() + " " + event.getLoggerName() + ": "
                + event.getMessage().getFormattedMessage());
        for (Throwable cause = event.getThrown(); cause != null; cause = cause.getCause()) {
            hear(event.getLoggerName() + ": " + cause);
        }
    }

    @Override
    public void close() {
        if (LISTENING.decrementAndGet() == 0) {
            TALKATIVE.forEach(name -> Configurator.setLevel(name, name.equals("io.jetsink") ? Level.INFO : Level.WARN));
        }
        logged.close();
    }
}
