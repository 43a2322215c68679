package io.jetsink.bench;

import io.jetsink.support.nats.NatsServer;
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

/** What a publish of the NATS client costs by itself: the bases of the others. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JnatsBenchmark {
    /** With this one, all of a longer reply subject counts as the connector's: the string, and what jnats makes of it. */
    private static final String SHORT_REPLY = "_R.ab";
    /** As long as that of a fast-ingest batch, so that only making the string counts as the connector's. */
    private static final String LONG_REPLY = "_INBOX.AAAAAAAAAA.500.fail.1000000.1.$FI";

    private final Payloads payloads = new Payloads();
    private long sent;
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
        connection.publish("bench.0", SHORT_REPLY, null, payloads.get(sent++));
    }

    @Benchmark
    public void publishWithLongReply() {
        connection.publish("bench.0", LONG_REPLY, null, payloads.get(sent++));
    }
}
