package io.jetsink.publish;

import io.jetsink.config.ConnectionSettings;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.metrics.LinkMetrics;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.OpenConnection;
import io.jetsink.nats.SerialExecutor;
import io.jetsink.publish.EpochEvents.Epoch;
import io.jetsink.publish.FailureTriage.Verdict;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an epoch open: one connection and its publisher. When the epoch is lost or given up, the old connection is closed,
 * and after a pause the next one is opened, until {@link #close}.
 *
 * <p>jnats' own reconnect is off: it would send what was queued over a new connection and leave out what the old one had in
 * its socket, unseen by the application (jnats 2.26.2, NatsConnection.reconnect).
 *
 * <p><b>Threads.</b> All I/O except a PING runs in the background, one step after the other. The task thread calls the public methods. jnats'
 * threads only report events.
 */
public final class ReconnectingSupervisor implements EpochSupervisor {
    private static final Logger LOG = LoggerFactory.getLogger(ReconnectingSupervisor.class);
    /** How long a server may take to answer a PING before it counts as dead. */
    private static final Duration PONG = Duration.ofSeconds(2);

    /** How often the background thread checks for a connection that was closed without an event. */
    private static final Duration CHECK = Duration.ofSeconds(5);

    private final String name;
    private final NatsConnector connector;
    private final PublishStrategy strategy;
    private final BackOff backOff;
    private final Duration reconsider;
    private final LinkMetrics metrics;
    private final SerialExecutor background;

    private volatile @Nullable Epoch epoch;
    private volatile @Nullable ConnectException fatalError;
    private volatile boolean progress;
    private volatile boolean closed;
    private volatile List<String> servers = List.of();

    // Background thread only.
    private @Nullable OpenConnection connection;
    private final MisconfigurationGrace grace;
    private final OutageLog log;
    private EpochEvents events;
    /** Whether the next attempt to connect is scheduled. */
    private boolean scheduled;

    public ReconnectingSupervisor(
            String name,
            NatsConnector connector,
            PublishStrategy strategy,
            ConnectionSettings settings,
            GracePeriod grace,
            LinkMetrics metrics,
            LongSupplier clock) {
        this.name = name;
        this.connector = connector;
        this.strategy = strategy;
        this.backOff = new BackOff(settings.backoff(), settings.backoffMax(), ThreadLocalRandom.current());
        this.reconsider = grace.reconsider();
        this.metrics = metrics;
        this.grace = new MisconfigurationGrace(clock, grace);
        this.log = new OutageLog(name, grace, clock);
        this.events = newEvents();
        this.background = new SerialExecutor("jetsink-link-" + name);
    }

    /** Begins to connect. Returns at once. */
    public void open() {
        background.execute(() -> run(this::connect));
        reconsiderLater();
    }

    private void reconsiderLater() {
        background.schedule(
                () -> {
                    run(this::reconsider);
                    reconsiderLater();
                },
                reconsider.toNanos());
    }

    @Override
    public @Nullable Publisher currentPublisher() {
        Epoch open = epoch;
        return open == null ? null : open.publisher;
    }

    @Override
    public void giveUp(Publisher publisher, Throwable cause) {
        Epoch open = openEpochOf(publisher);
        if (open != null) {
            end(open, cause);
        }
    }

    private @Nullable Epoch openEpochOf(Publisher publisher) {
        Epoch open = epoch;
        return open != null && open.publisher == publisher ? open : null;
    }

    @Override
    public void probe(Publisher publisher, Duration ahead) {
        Epoch open = openEpochOf(publisher);
        if (open != null) {
            open.ping(PONG.plus(ahead), dead -> end(open, dead));
        }
    }

    @Override
    public void reportProgress() {
        progress = true;
    }

    @Override
    public @Nullable ConnectException fatalError() {
        return fatalError;
    }

    @Override
    public String lastFailure() {
        return log.lastFailure();
    }

    @Override
    public void close(Duration timeout) {
        closed = true;
        epoch = null;
        try {
            if (!background.close(this::release, timeout)) {
                LOG.info("{}: the connection is still closing; it ends in the background", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs a step of the background thread. Nothing that the step throws ends the supervision: the executor would keep an
     * Error to itself, and no other thread begins the next epoch.
     */
    private void run(Runnable step) {
        try {
            step.run();
        } catch (Throwable unexpected) {
            if (closed) {
                LOG.debug("{}: failed while closing", name, unexpected);
                return;
            }
            try {
                LOG.warn(
                        "{} {}: the link to NATS failed unexpectedly and connects again",
                        ErrorCode.UNEXPECTED,
                        name,
                        unexpected);
            } finally {
                if (epoch == null && fatalError == null && !scheduled) {
                    reconnect(unexpected);
                }
            }
        }
    }

    private void release() {
        try {
            disconnect();
        } catch (Throwable e) {
            LOG.warn("{} {}: the connection to NATS was not closed cleanly", ErrorCode.NOT_CLOSED, name, e);
        }
        try {
            connector.close();
        } catch (Throwable e) {
            LOG.warn("{} {}: connection.customizer was not closed cleanly", ErrorCode.CLASS_NOT_CLOSED, name, e);
        }
    }

    private void connect() {
        scheduled = false;
        if (closed) {
            return;
        }
        // Events of the connection before explain no failure of this attempt.
        newEvents();
        try {
            OpenConnection opened = connector.connect(servers, this::newEvents);
            connection = opened;
            metrics.connected();
            servers = opened.servers();
            Epoch begun = new Epoch(opened, strategy.open(opened.connection()));
            log.connected(opened.server(), opened.connection().getServerInfo().getVersion());
            grace.connected();
            metrics.epochBegan();
            epoch = begun;
            events.begin(begun);
            begun.measureRoundTrip(metrics);
            check(begun);
        } catch (Throwable e) {
            // Errors too: the system may have no room for threads, and a plug-in may throw anything.
            epoch = null;
            reconnect(events.explained(e));
        }
    }

    private EpochEvents newEvents() {
        events = new EpochEvents(name, log, metrics, this::end, known -> servers = known);
        return events;
    }

    private void disconnect() {
        OpenConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** Finds an epoch whose end this thread was not informed of, because a callback failed. */
    private void check(Epoch open) {
        if (closed || connection != open.connection) {
            return;
        }
        Throwable cause = open.cause;
        if (cause != null) {
            replace(open, cause);
        } else if (open.connection.connection().getStatus() == Connection.Status.CLOSED) {
            replace(open, new CodedException(ErrorCode.CONNECTION_LOST, "the connection was closed"));
        } else {
            background.schedule(() -> run(() -> check(open)), CHECK.toNanos());
        }
    }

    private void reconsider() {
        Epoch open = epoch;
        if (!closed && open != null) {
            strategy.reconsider(open.connection.connection());
        }
    }

    /** Closes the connection and schedules the next one. */
    private void reconnect(Throwable cause) {
        try {
            disconnect();
        } finally {
            scheduleReconnect(cause);
        }
    }

    private void scheduleReconnect(Throwable cause) {
        if (closed) {
            return;
        }
        long pause = backOff.longest();
        try {
            boolean stored = progress;
            progress = false;
            boolean change = cause instanceof ModeChangeException;
            boolean failed = !change || cause.getCause() != null;
            if (failed) {
                metrics.retried(FailureTriage.codeOf(cause));
                log.noteFailure(cause);
            }
            boolean healthy = grace.disconnected(stored);
            if (healthy) {
                log.over();
                backOff.reset();
            }
            // Refusals without a stored message in between are an outage.
            if (!failed || (change && healthy)) {
                pause = backOff.next();
                return;
            }
            if (grace.waitsFor(cause)) {
                pause = backOff.next();
                log.failed(cause, pause, grace.hasBegun(), OutageLog.WAITS);
                return;
            }
            Verdict verdict = FailureTriage.verdictOf(cause);
            if (grace.isOver(verdict)) {
                fatalError = new ConnectException(FailureTriage.codeOf(cause).text(lastFailure()), cause);
                metrics.failed();
                return;
            }
            pause = FailureTriage.isOfSilentStream(cause) ? backOff.nextOfSilentStream() : backOff.next();
            boolean misconfigured = verdict == Verdict.MISCONFIGURED;
            log.failed(cause, pause, misconfigured && grace.hasBegun(), misconfigured ? log.limit() : "");
        } finally {
            if (fatalError == null && !closed && !scheduled) {
                background.schedule(() -> run(this::connect), pause);
                scheduled = true;
            }
        }
    }

    /** Ends an epoch, once. Any thread. */
    private void end(Epoch ended, Throwable cause) {
        if (!ended.end(cause)) {
            return;
        }
        if (epoch == ended) {
            epoch = null;
        }
        background.execute(() -> run(() -> replace(ended, cause)));
    }

    private void replace(Epoch ended, Throwable cause) {
        if (connection == ended.connection) {
            epoch = null;
            reconnect(cause);
        }
    }
}
