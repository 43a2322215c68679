package io.jetsink.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** The few lines that a person reads: one for each step, a table, a verdict. */
final class QuickstartConsole {
    private static final int BAR_WIDTH = 79;

    private final PrintStream out;
    private final boolean terminal;

    QuickstartConsole(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A piece of the set-up. */
    interface Step<T> {
        T run() throws Exception;
    }

    /** How a step's result is told. */
    interface Detail<T> {
        String of(T result);
    }

    void line(String text) {
        out.println(text);
    }

    /** Runs a step and prints its line: what it is at once, how it went and how long it took at the end. */
    <T> T step(String label, Step<T> step, Detail<T> detail) throws Exception {
        out.printf(Locale.ROOT, "  %-12s ", label);
        out.flush();
        long begin = System.nanoTime();
        try {
            T result = step.run();
            if (terminal) {
                // A progress bar may have been drawn over the label.
                out.printf(Locale.ROOT, "\r\033[K  %-12s ", label);
            }
            out.printf(Locale.ROOT, "%s (%s)%n", detail.of(result), seconds(System.nanoTime() - begin));
            return result;
        } catch (Exception e) {
            out.printf(Locale.ROOT, "failed (%s)%n", seconds(System.nanoTime() - begin));
            throw e;
        }
    }

    void row(String label, String value) {
        out.printf(Locale.ROOT, "  %-12s %s%n", label, value);
    }

    /** A bar on a terminal; elsewhere nothing, and the result is null. */
    @Nullable
    ProgressBar progress(long expected) {
        if (!terminal) {
            return null;
        }
        return new ProgressBarBuilder()
                .setTaskName("  arrived     ")
                .setInitialMax(expected)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(100)
                // The library's own consumer would end with an empty line.
                .setConsumer(new DelegatingProgressBarConsumer(
                        bar -> {
                            out.print("\r" + bar);
                            out.flush();
                        },
                        BAR_WIDTH))
                .build();
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", Duration.ofNanos(nanos).toMillis() / 1000.0);
    }
}
