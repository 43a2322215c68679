package io.jetsink.tool;

import java.io.PrintStream;

/** A progress bar on standard error, if that is a terminal. */
final class Progress {
    private static final int WIDTH = 30;
    private static final int PERCENT = 100;

    private final PrintStream err;
    private final boolean shown;
    private int last = -1;

    Progress(PrintStream err) {
        this(err, Boolean.getBoolean("jetsink.terminal"));
    }

    Progress(PrintStream err, boolean shown) {
        this.err = err;
        this.shown = shown;
    }

    /** Shows a step that has done so much of a total. */
    void show(String step, long done, long total) {
        int percent = total <= 0 ? PERCENT : (int) Math.min(PERCENT, done * PERCENT / total);
        if (!shown || percent == last) {
            return;
        }
        last = percent;
        int full = percent * WIDTH / PERCENT;
        err.printf("\r%-14s [%s%s] %3d%%", step, "=".repeat(full), " ".repeat(WIDTH - full), percent);
        if (percent == PERCENT) {
            err.println();
            last = -1;
        }
    }
}
