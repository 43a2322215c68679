package io.jetsink.task;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Tests that have one nats-server together; each finds it empty. */
abstract class OneServer {
    static NatsServer nats;

    /** Stopped after the test. */
    final List<FakeWorker> started = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        nats = NatsServer.start();
    }

    @AfterAll
    static void stopServer() {
        nats.close();
    }

    @AfterEach
    void clean() throws Exception {
        started.forEach(FakeWorker::stop);
        try (Connection connection = nats.connect()) {
            for (String name : connection.jetStreamManagement().getStreamNames()) {
                connection.jetStreamManagement().deleteStream(name);
            }
        }
    }
}
