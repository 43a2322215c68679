package io.jetsink.bench;

import io.jetsink.support.NatsServer;
import io.nats.client.Connection;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a publish of the NATS client costs by itself: the base of the others. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JnatsBenchmark {
    /** As long as that of a fast-ingest batch, so that only making it counts as the connector's. */
    private static final String REPLY = "_INBOX.AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB.500.fail.1000000.1.$FI";

    private final byte[] payload = new byte[256];
    private NatsServer server;
    private Connection connection;

    @Setup
    public void start() throws Exception {
        server = NatsServer.start();
        connection = server.connect(options -> options.maxMessagesInOutgoingQueue(8192));
    }

    @TearDown
    public void stop() throws Exception {
        connection.close();
        server.close();
    }

    @Benchmark
    public void publish() {
        connection.publish("bench.0", REPLY, null, payload);
    }
}
