package io.jetsink.bench;

import io.jetsink.support.LoadProducer;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.process.JmxClient;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.awaitility.Awaitility;

/** Threads, heap and CPU time of tasks that have nothing to do. */
final class Idle implements Scenario {
    private static final String NAME = "idle";
    private static final String TASKS = "tasks";
    private static final String OURS = "threads of the connector and jnats";
    private static final String CONNECT = "threads of Connect's tasks and Kafka's clients";
    private static final String HEAP = "heap, MiB";
    private static final String CPU = "CPU, s per minute";
    private static final List<Integer> COUNTS = List.of(1, 10, 60, 200);

    private final BenchOptions options;
    private final PrintStream out;
    private final int rounds;
    private final Duration length;
    private List<String> base = List.of();

    Idle(BenchOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.rounds = options.rounds(1);
        this.length = Duration.ofSeconds(options.number("bench.seconds", 20, 1, 3_600));
    }

    @Override
    public boolean run() throws Exception {
        Results results = new Results(options, NAME, out);
        try (BenchRig rig = BenchRig.start(options, NatsServer::start);
                JmxClient jmx = JmxClient.attach(rig.workerPid())) {
            for (int round = 1; round <= rounds; round++) {
                results.add(sample(rig, jmx, 0, round));
                for (int tasks : COUNTS) {
                    measure(rig, jmx, results, tasks, round);
                }
            }
            plot(results);
            return results.write(
                    "One connector with default settings has a number of tasks, each with one partition, and each task has"
                            + " stored one record before. The row with 0 tasks shows the worker itself. Its threads are not"
                            + " included in the other rows. The heap is that after a collection.",
                    table(results),
                    rig.environment(options),
                    "");
        }
    }

    private void measure(BenchRig rig, JmxClient jmx, Results results, int tasks, int round) throws Exception {
        String name = NAME + "-" + tasks + "-" + round;
        rig.kafka().createTopic(name, tasks);
        try (LoadProducer load =
                LoadProducer.to(rig.kafka().bootstrap(), name).partitions(tasks).build()) {
            load.produce(1);
        }
        rig.createStream(0, name, stream -> stream.allowBatched());
        Map<String, String> config = rig.config(0, name, name);
        config.put("tasks.max", Integer.toString(tasks));
        rig.rest().create(name, config);
        rig.awaitStored(0, name, tasks);
        results.add(sample(rig, jmx, tasks, round));
        rig.rest().stop(name);
        rig.rest().delete(name);
    }

    private Sample sample(BenchRig rig, JmxClient jmx, int tasks, int round) throws IOException {
        double heap = WorkerJvm.heapAfterCollection(rig.workerPid(), jmx);
        CpuTime begin = CpuTime.now(rig.workerPid());
        long now = System.nanoTime();
        Awaitility.await("the end of the measurement")
                .atMost(length.multipliedBy(2))
                .pollDelay(length)
                .until(() -> System.nanoTime() - now >= length.toNanos());
        CpuTime used = CpuTime.now(rig.workerPid()).minus(begin);
        List<String> threads = WorkerJvm.threads(rig.workerPid());
        if (tasks == 0) {
            base = threads;
        }
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(OURS, (double) WorkerJvm.ofConnector(threads, base).size());
        values.put(
                CONNECT, (double) threads.stream().filter(WorkerJvm::isOfTask).count());
        values.put(HEAP, heap);
        values.put(CPU, used.worker() / 1e6 * 60e6 / used.clock());
        return new Sample(Map.of(TASKS, Integer.toString(tasks)), round, values, used.otherCores());
    }

    private static String table(Results results) {
        StringBuilder text = new StringBuilder("| " + TASKS + " | " + OURS + " | per task | " + CONNECT + " | " + HEAP
                + " | per task | " + CPU + " | per task |\n|" + "---:|".repeat(8) + "\n");
        double heapBefore = results.spread(Map.of(TASKS, "0"), HEAP).median();
        double cpuBefore = results.spread(Map.of(TASKS, "0"), CPU).median();
        for (Map<String, String> at : results.all()) {
            int tasks = Integer.parseInt(at.getOrDefault(TASKS, ""));
            double heap = results.spread(at, HEAP).median();
            double cpu = results.spread(at, CPU).median();
            double ours = results.spread(at, OURS).median();
            text.append(String.format(
                    Locale.ROOT,
                    "| %d | %.0f | %s | %.0f | %.0f | %s | %.2f | %s |%n",
                    tasks,
                    ours,
                    perTask("%.1f", ours, tasks),
                    results.spread(at, CONNECT).median(),
                    heap,
                    perTask("%.2f", heap - heapBefore, tasks),
                    cpu,
                    perTask("%.3f", cpu - cpuBefore, tasks)));
        }
        return text.toString();
    }

    private static String perTask(String format, double value, int tasks) {
        return tasks == 0 ? "" : String.format(Locale.ROOT, format, value / tasks);
    }

    private static void plot(Results results) throws IOException {
        Map<String, NavigableMap<Double, Double>> series = new LinkedHashMap<>();
        for (String value : List.of(OURS, HEAP)) {
            NavigableMap<Double, Double> points = new TreeMap<>();
            for (Map<String, String> at : results.all()) {
                points.put(
                        Double.valueOf(at.getOrDefault(TASKS, "")),
                        results.spread(at, value).median());
            }
            series.put(value, points);
        }
        Plots.lines(results.plot(NAME), "Idle tasks in one worker", TASKS, "threads; MiB", series);
    }
}
