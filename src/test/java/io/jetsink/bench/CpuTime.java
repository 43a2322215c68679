package io.jetsink.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CPU time used up to a moment, or between two of them, in microseconds.
 *
 * @param worker of the Connect worker
 * @param all of worker, broker and nats-server
 * @param own of this process
 * @param machine of everything that runs; NaN where there is no /proc
 * @param clock wall time
 */
record CpuTime(double worker, double all, double own, double machine, double clock) {
    private static final Path STAT = Path.of("/proc/stat");
    private static final Path SELF = Path.of("/proc/self/stat");
    /** The fields cutime and cstime, counted from the state of the process. */
    private static final int ENDED_CHILDREN = 13;

    private static final double MICROS_PER_TICK = 1e4;

    /** Not cheap: looks through all processes of the machine for the children of this one. */
    static CpuTime now(long worker) {
        List<ProcessHandle> children = ProcessHandle.current().children().toList();
        return new CpuTime(
                sum(children, child -> child.pid() == worker),
                sum(children, child -> true) + ofEndedChildren(),
                sum(List.of(ProcessHandle.current()), self -> true),
                ofMachine(),
                System.nanoTime() / 1e3);
    }

    CpuTime minus(CpuTime before) {
        return new CpuTime(
                worker - before.worker,
                all - before.all,
                own - before.own,
                machine - before.machine,
                clock - before.clock);
    }

    /** The number of cores that processes used which are no part of the benchmark. */
    double otherCores() {
        return Math.max(0, (machine - all - own) / clock);
    }

    /** The number of cores that the benchmark itself used: for producers and delays, and for waiting. */
    double ownCores() {
        return own / clock;
    }

    private static double sum(List<ProcessHandle> processes, Predicate<ProcessHandle> which) {
        return processes.stream()
                        .filter(which)
                        .map(process -> process.info()
                                .totalCpuDuration()
                                .orElseThrow(() -> new IllegalStateException(
                                        "This system does not tell the CPU time of processes")))
                        .mapToLong(Duration::toNanos)
                        .sum()
                / 1e3;
    }

    /** Servers that a scenario has killed, and commands. */
    private static double ofEndedChildren() {
        if (!Files.exists(SELF)) {
            return 0;
        }
        try {
            String stat = Files.readString(SELF);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return MICROS_PER_TICK
                    * (Long.parseLong(fields[ENDED_CHILDREN]) + Long.parseLong(fields[ENDED_CHILDREN + 1]));
        } catch (IOException e) {
            throw new UncheckedIOException(SELF + " cannot be read", e);
        }
    }

    /** The first line sums over all cores: user, nice, system, idle, waiting for I/O, two kinds of interrupts. */
    private static double ofMachine() {
        if (!Files.exists(STAT)) {
            return Double.NaN;
        }
        try (Stream<String> lines = Files.lines(STAT)) {
            String[] ticks = lines.findFirst().orElse("").split(" +", -1);
            return IntStream.of(1, 2, 3, 6, 7)
                    .mapToDouble(field -> MICROS_PER_TICK * Long.parseLong(ticks[field]))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(STAT + " cannot be read", e);
        }
    }
}
