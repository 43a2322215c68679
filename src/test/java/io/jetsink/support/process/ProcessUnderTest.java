package io.jetsink.support.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One operating system process: its log, its signals, its end. It never outlives this JVM, because a shutdown hook holds
 * its handle.
 */
public final class ProcessUnderTest implements AutoCloseable {
    private static final int TAIL_LINES = 40;

    private final String name;
    private final Path log;
    private final Process process;
    private final Thread hook;

    private ProcessUnderTest(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.hook = new Thread(process::destroyForcibly, name + "-shutdown");
    }

    /** Starts a command in the folder of {@code log}, to which its output, both streams, is appended. */
    public static ProcessUnderTest start(String name, Path log, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(log.getParent().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            ProcessUnderTest started = new ProcessUnderTest(name, log, process);
            Runtime.getRuntime().addShutdownHook(started.hook);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " could not be started: " + command.get(0), e);
        }
    }

    /**
     * Waits until the process answers; an exception from the probe means "not yet". If it ends or stays silent, it is
     * killed and the exception carries the end of its log.
     */
    public void awaitReady(Duration timeout, Callable<Boolean> probe) {
        try {
            Awaitility.await(name)
                    .atMost(timeout)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .ignoreExceptions()
                    .until(() -> !alive() || probe.call());
        } catch (ConditionTimeoutException e) {
            close();
            throw new IllegalStateException(name + " gave no answer within " + timeout + logTail(), e);
        }
        if (!alive()) {
            close();
            throw new IllegalStateException(
                    name + " ended with code " + process.exitValue() + " while starting" + logTail());
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Asks for a clean end, as a service manager does, and returns how long that took. */
    public Duration sigterm(Duration timeout) {
        long begin = System.nanoTime();
        process.destroy();
        awaitEnd(timeout, "SIGTERM");
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    public void kill9() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30), "SIGKILL");
    }

    public void sigstop() {
        signal("STOP");
    }

    public void sigcont() {
        signal("CONT");
    }

    public int exitValue() {
        return process.exitValue();
    }

    public String log() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The log of " + name + " cannot be read: " + log, e);
        }
    }

    /** The end of the log, with a heading, to be appended to an error message. */
    public String logTail() {
        List<String> lines = log().lines().toList();
        List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return System.lineSeparator() + "--- end of " + log + " ---" + System.lineSeparator()
                + String.join(System.lineSeparator(), tail);
    }

    @Override
    public void close() {
        kill9();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is running or has run; the process is gone either way.
            assert !process.isAlive();
        }
    }

    private void awaitEnd(Duration timeout, String signal) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(name + " did not end within " + timeout + " of " + signal + logTail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + name + " was ending", e);
        }
    }

    /** Sends a signal by its name without {@code SIG}. */
    public void signal(String signal) {
        try {
            SystemCommand.run(Duration.ofSeconds(30), "kill", "-" + signal, Long.toString(pid()));
        } catch (IOException e) {
            throw new UncheckedIOException("SIG" + signal + " cannot be sent to " + name, e);
        }
    }
}
