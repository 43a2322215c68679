package io.jetsink.publish;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.metrics.LinkMetrics;
import io.jetsink.nats.ConnectionEvents;
import io.jetsink.nats.OpenConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one connection: those that end its epoch, which may come before the epoch has begun.
 *
 * <p><b>Threads.</b> Any. A connection's threads report events; the supervisor's background thread opens the epoch.
 */
final class EpochEvents implements ConnectionEvents {
    private static final Logger LOG = LoggerFactory.getLogger(EpochEvents.class);

    /** One connection and its publisher. */
    static final class Epoch {
        final OpenConnection connection;
        final Publisher publisher;
        /** Why the epoch is over; null while it is not. */
        volatile @Nullable Throwable cause;

        Epoch(OpenConnection connection, Publisher publisher) {
            this.connection = connection;
            this.publisher = publisher;
        }

        /** Ends the epoch. @return false if it had ended before */
        synchronized boolean end(Throwable why) {
            boolean first = cause == null;
            cause = first ? why : cause;
            return first;
        }

        /** Sends a PING on a thread of the connection, as the background thread may have to close it meanwhile. */
        void ping(Duration timeout, Consumer<IOException> dead) {
            onThreadOfConnection(() -> awaitPong(timeout, dead));
        }

        /** Measures the round trip, on a thread of the connection, too. */
        void measureRoundTrip(LinkMetrics metrics) {
            onThreadOfConnection(() -> {
                try {
                    metrics.roundTrip(connection.connection().RTT().toNanos());
                } catch (IOException | RuntimeException closing) {
                    LOG.debug("the round trip was not measured", closing);
                }
            });
        }

        private void onThreadOfConnection(Runnable ping) {
            try {
                connection.connection().getOptions().getExecutor().execute(ping);
            } catch (RejectedExecutionException closing) {
                LOG.debug("no PING is sent while the connection closes", closing);
            }
        }

        private void awaitPong(Duration timeout, Consumer<IOException> dead) {
            try {
                connection.connection().flush(timeout);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Throwable failure) {
                // Errors too: no other code on this thread would notice them.
                dead.accept(new CodedException(
                        ErrorCode.CONNECTION_LOST, "no answer to a PING in " + timeout.toMillis() + " ms", failure));
            }
        }
    }

    private final String name;
    private final OutageLog log;
    private final LinkMetrics metrics;
    private final BiConsumer<Epoch, Throwable> end;
    private final Consumer<List<String>> servers;
    // Each event is noted before the epoch is looked for, and the epoch before the events are.
    private volatile @Nullable Epoch epoch;
    private volatile @Nullable IOException lost;
    private volatile @Nullable PermissionsViolation denied;

    /** @param servers receives the servers for the next connection */
    EpochEvents(
            String name,
            OutageLog log,
            LinkMetrics metrics,
            BiConsumer<Epoch, Throwable> end,
            Consumer<List<String>> servers) {
        this.name = name;
        this.log = log;
        this.metrics = metrics;
        this.end = end;
        this.servers = servers;
    }

    /** Notes that the epoch has begun, and ends it if an event before has ended it. */
    void begin(Epoch begun) {
        epoch = begun;
        IOException cause = lost;
        PermissionsViolation violation = denied;
        if (cause != null) {
            endEpoch(cause);
        } else if (violation != null && ends(begun, violation)) {
            endEpoch(violation.misconfiguration(null));
        }
    }

    private void endEpoch(IOException cause) {
        Epoch open = epoch;
        if (open != null) {
            end.accept(open, cause);
        }
    }

    /** The failure, or the missing permission that explains why a request had no answer. */
    Throwable explained(Throwable failure) {
        PermissionsViolation violation = denied;
        return violation == null || FailureTriage.verdictOf(failure) != FailureTriage.Verdict.RETRY
                ? failure
                : violation.misconfiguration(failure);
    }

    @Override
    public void lost(IOException cause) {
        lost = cause;
        endEpoch(cause);
    }

    /**
     * A permissions error names no message. It explains missing acks, so the epoch ends now instead of after the ack
     * timeout.
     */
    @Override
    public void serverError(String text) {
        PermissionsViolation violation = PermissionsViolation.in(text);
        if (violation != null) {
            metrics.permissionDenied();
        }
        Epoch open = epoch;
        if (open != null && violation != null && violation.isFatal() && !ends(open, violation)) {
            LOG.debug("{}: the server reported: {}", name, text);
            return;
        }
        if (violation != null) {
            denied = violation;
        }
        log.serverError(text);
        if (violation != null && violation.isFatal()) {
            endEpoch(violation.misconfiguration(null));
        }
    }

    /** Whether a violation ends the epoch. It does not if no ack of the one denied message is awaited. */
    private static boolean ends(Epoch open, PermissionsViolation violation) {
        return violation.isFatal() && !(violation.publish() && open.publisher.endures(violation));
    }

    @Override
    public void clientError(Exception error) {
        LOG.debug("{}: reported by the NATS client", name, error);
    }

    @Override
    public void lameDuck() {
        LOG.info(
                "{}: the server is shutting down (lame duck mode); connecting to another server if there is one", name);
        endEpoch(new CodedException(ErrorCode.CONNECTION_LOST, "the server is shutting down"));
    }

    @Override
    public void discovered(List<String> known) {
        servers.accept(known);
    }
}
