package io.jetsink.support.kafka;

import io.jetsink.support.LogBinding;
import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.process.ProcessUnderTest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One distributed Connect worker as a process of its own. */
public final class ConnectWorker implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(120);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final String name;
    private final Path log;
    private final NatsPort port;
    private final List<String> command;
    private final ConnectRest rest;
    private ProcessUnderTest process;
    private boolean suspended;

    /** The port becomes the worker's, to be released at close. */
    ConnectWorker(String name, Path log, NatsPort port, List<String> command) {
        this.name = name;
        this.log = log;
        this.port = port;
        this.command = command;
        this.rest = new ConnectRest(() -> URI.create("http://127.0.0.1:" + port.number()));
        this.process = ProcessUnderTest.start(name, log, command);
    }

    /** Waits until the worker has joined its group: only then does it list connectors. */
    void awaitAnswer() {
        process.awaitReady(START_TIMEOUT, () -> rest.connectors() != null);
        LogBinding.requireIn(name, log());
    }

    public String name() {
        return name;
    }

    public URI url() {
        return rest.url();
    }

    /** This worker's own REST; {@link ConnectCluster#rest()} goes to any worker that answers. */
    public ConnectRest rest() {
        return rest;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.alive();
    }

    boolean answers() {
        return alive() && !suspended;
    }

    /** Stops the worker cleanly and returns how long that took. */
    public Duration sigterm() {
        return process.sigterm(STOP_TIMEOUT);
    }

    public void kill9() {
        process.kill9();
    }

    public void sigstop() {
        process.sigstop();
        suspended = true;
    }

    public void sigcont() {
        process.sigcont();
        suspended = false;
    }

    /** Starts the worker again with the same configuration, after killing it if it still runs. */
    public void restart() {
        process.close();
        suspended = false;
        process = ProcessUnderTest.start(name, log, command);
        awaitAnswer();
    }

    public String log() {
        return process.log();
    }

    /** The file with the log. */
    public Path logFile() {
        return log;
    }

    /** The last lines of the log, to be appended to an error message. */
    public String logTail() {
        return process.logTail();
    }

    @Override
    public void close() {
        process.close();
        port.close();
    }
}
