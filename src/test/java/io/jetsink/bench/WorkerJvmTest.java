package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerJvmTest {
    @Test
    void threadsOfJavaCodeAreFoundInADump() {
        String dump = """
                Full thread dump OpenJDK 64-Bit Server VM
                "main" #1 prio=5 os_prio=0 cpu=1.00ms
                   java.lang.Thread.State: RUNNABLE
                "jetsink-link-orders-0" #31 daemon prio=5
                "G1 Main Marker" os_prio=0 cpu=0.10ms
                """;

        assertThat(WorkerJvm.names(dump)).containsExactly("main", "jetsink-link-orders-0");
    }

    @Test
    void threadsOfConnectAndOfTheWorkerAreNotOfTheConnector() {
        List<String> before = List.of("main", "qtp1-20", "pool-3-thread-1");
        List<String> after = List.of(
                "main",
                "qtp1-20",
                "qtp1-21",
                "pool-3-thread-2",
                "Sweeper thread",
                "connector-thread-orders",
                "task-thread-orders-0",
                "kafka-coordinator-heartbeat-thread | connect-orders",
                "jetsink-link-orders-0",
                "orders-0-nats-1");

        assertThat(WorkerJvm.ofConnector(after, before)).containsExactly("jetsink-link-orders-0", "orders-0-nats-1");
    }
}
