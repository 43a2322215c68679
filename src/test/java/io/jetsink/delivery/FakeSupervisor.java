package io.jetsink.delivery;

import io.jetsink.publish.EpochSupervisor;
import io.jetsink.publish.Publisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** A link whose epochs a test begins and ends. */
public final class FakeSupervisor implements EpochSupervisor {
    private @Nullable Publisher current;
    public final List<Throwable> givenUp = new ArrayList<>();
    public final List<Publisher> probed = new ArrayList<>();
    /** How long each PING was allowed to need beyond the usual. */
    final List<Duration> ahead = new ArrayList<>();

    int progressed;

    /** The next epoch begins. */
    public void open(Publisher publisher) {
        current = publisher;
    }

    /** The connection is lost. */
    void lose() {
        current = null;
    }

    @Override
    public @Nullable Publisher currentPublisher() {
        return current;
    }

    @Override
    public void giveUp(Publisher publisher, Throwable cause) {
        if (publisher == current) {
            givenUp.add(cause);
            current = null;
        }
    }

    @Override
    public void probe(Publisher publisher, Duration queued) {
        probed.add(publisher);
        ahead.add(queued);
    }

    @Override
    public void reportProgress() {
        progressed++;
    }

    @Override
    public ConnectException fatalError() {
        return null;
    }

    @Override
    public String lastFailure() {
        return "connection refused";
    }

    @Override
    public void close(Duration patience) {
        current = null;
    }
}
