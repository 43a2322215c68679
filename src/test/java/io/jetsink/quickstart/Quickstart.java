package io.jetsink.quickstart;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.LogManager;

/**
 * Kafka to JetStream in one command: real servers, the packaged connector on a worker's {@code plugin.path}, and a check
 * of every record. Ends with 0 only if all is right.
 *
 * <p>Threads: the run has its own, so that this one can end it at the deadline or at Ctrl-C and clean up either way.
 */
public final class Quickstart {
    private static final int CLOSE_SECONDS = 20;

    private final QuickstartSettings settings;
    private final QuickstartConsole console;
    private final CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch cleanedUp = new CountDownLatch(1);

    private Quickstart(QuickstartSettings settings, QuickstartConsole console) {
        this.settings = settings;
        this.console = console;
    }

    public static void main(String[] args) throws Exception {
        // Both before the first logger is made and the console is asked for: newer JDKs may have one that is no
        // terminal.
        System.setProperty("log4j2.configurationFile", "classpath:io/jetsink/quickstart/log4j2.xml");
        System.setProperty("jdk.console", "java.base");
        LogManager.getLogManager().reset();
        System.exit(run() ? 0 : 1);
    }

    private static boolean run() throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        QuickstartConsole console = new QuickstartConsole(out, System.console() != null);
        QuickstartSettings settings;
        try {
            settings = QuickstartSettings.fromSystemProperties();
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            return false;
        }
        return new Quickstart(settings, console).runAndCleanUp();
    }

    private boolean runAndCleanUp() throws Exception {
        console.line("jetsink " + settings.version() + " quickstart: " + QuickstartConsole.count(settings.records())
                + " orders from Kafka through Kafka Connect into NATS JetStream");
        console.line("");
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAtInterrupt, "quickstart-interrupt"));
        // Maven does not pass SIGTERM on.
        ProcessHandle.current().parent().ifPresent(maven -> maven.onExit().thenRun(this::interrupt));
        try (QuickstartRun run = new QuickstartRun(settings, console)) {
            startInBackground(run);
            boolean good = awaitOutcome(run);
            if (good && settings.keep()) {
                interrupted.await();
            }
            return good;
        } finally {
            cleanedUp.countDown();
        }
    }

    private void startInBackground(QuickstartRun run) {
        Thread thread = new Thread(
                () -> {
                    try {
                        outcome.complete(run.run());
                    } catch (Exception | AssertionError e) {
                        outcome.completeExceptionally(e);
                    }
                },
                "quickstart");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean awaitOutcome(QuickstartRun run) throws InterruptedException {
        try {
            return outcome.get(settings.deadline().toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            console.line("");
            console.line("FAILED: not finished " + settings.deadline().toSeconds() + " seconds after the start."
                    + run.logTail());
        } catch (ExecutionException e) {
            console.line("");
            console.line("FAILED: " + e.getCause());
            console.line(run.logTail());
        }
        return false;
    }

    private void interrupt() {
        outcome.complete(false);
        interrupted.countDown();
    }

    /** At Ctrl-C: wakes the main thread and lets it clean up. At a normal end there is nothing left to wait for. */
    private void endAtInterrupt() {
        interrupt();
        try {
            if (!cleanedUp.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                console.line("Not everything could be cleaned up within " + CLOSE_SECONDS + " seconds.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
