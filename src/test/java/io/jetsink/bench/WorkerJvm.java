package io.jetsink.bench;

import io.jetsink.support.process.JavaHome;
import io.jetsink.support.process.JmxClient;
import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.openmbean.CompositeData;

/** The heap and the threads of a worker. */
final class WorkerJvm {
    private static final double MEBIBYTE = 1 << 20;
    /** Names of threads that the worker starts with its first connector. */
    private static final List<String> OF_WORKER = List.of("StartAndStopExecutor", "Sweeper");

    private WorkerJvm() {}

    /** Returns the size of all reachable objects in MiB, with the objects that were allocated since the collection. */
    static double heapAfterCollection(long pid, JmxClient jmx) throws IOException {
        command(pid, "GC.run");
        CompositeData usage =
                (CompositeData) jmx.values("java.lang:type=Memory").get("java.lang:type=Memory HeapMemoryUsage");
        if (usage == null) {
            throw new IllegalStateException("The worker has no MBean of its heap");
        }
        return ((Number) usage.get("used")).doubleValue() / MEBIBYTE;
    }

    /** Returns the names of all threads of Java code. */
    static List<String> threads(long pid) throws IOException {
        return names(command(pid, "Thread.print"));
    }

    static List<String> names(String dump) {
        return dump.lines()
                .filter(line -> line.startsWith("\"") && line.contains("\" #"))
                .map(line -> line.substring(1, line.indexOf("\" #")))
                .toList();
    }

    /** Whether a thread is one of those that Connect and Kafka's consumer start for a connector and its tasks. */
    static boolean isOfTask(String thread) {
        return thread.startsWith("task-thread-")
                || thread.startsWith("connector-thread-")
                || thread.startsWith("kafka-coordinator-heartbeat-thread");
    }

    /** Returns the threads that neither are of Connect's tasks nor have a name that the worker has without tasks. */
    static List<String> ofConnector(List<String> threads, List<String> withoutTasks) {
        Set<String> known = withoutTasks.stream().map(WorkerJvm::withoutNumbers).collect(Collectors.toSet());
        return threads.stream()
                .filter(thread -> !isOfTask(thread) && !known.contains(withoutNumbers(thread)))
                .filter(thread -> OF_WORKER.stream().noneMatch(thread::startsWith))
                .toList();
    }

    private static String withoutNumbers(String name) {
        return name.replaceAll("[0-9]+", "#");
    }

    private static String command(long pid, String command) throws IOException {
        Path jcmd = JavaHome.own().resolve(Path.of("bin", "jcmd"));
        return SystemCommand.run(Duration.ofMinutes(1), jcmd.toString(), Long.toString(pid), command);
    }
}
