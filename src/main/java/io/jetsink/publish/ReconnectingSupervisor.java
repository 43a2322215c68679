package io.jetsink.publish;

import io.jetsink.config.ConnectionSettings;
import io.jetsink.message.LogSafeText;
import io.jetsink.nats.ConnectionEvents;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.OpenConnection;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an epoch open: one connection and its publisher. When it is lost, or given up, the old connection is closed, and
 * after a pause the next one is opened; for ever, until {@link #close}.
 *
 * <p>jnats' own reconnect is off: it would send what was queued on a new connection and leave a hole where the old one had
 * sent the rest, unseen by the application (jnats 2.26.2, NatsConnection.reconnect).
 *
 * <p><b>Threads.</b> All I/O but a PING runs on one background thread. The task thread reads {@link #current()} and calls the other
 * public methods. jnats' threads only report a loss.
 */
public final class ReconnectingSupervisor implements EpochSupervisor {
    private static final Logger LOG = LoggerFactory.getLogger(ReconnectingSupervisor.class);
    /** How long a server may take to answer a PING before it counts as dead. */
    private static final Duration PONG = Duration.ofSeconds(2);

    /** How often it is made sure that the connection is not closed without anyone having heard of it. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    /** Of a server's words, which may quote a subject, and that a key. */
    private static final int MAX_COMPLAINT = 256;

    private final String name;
    private final NatsConnector connector;
    private final PublishStrategy publishers;
    private final BackOff backOff;
    private final long longestPause;
    private final ScheduledThreadPoolExecutor background;

    private volatile @Nullable Epoch epoch;
    private volatile String lastFailure = "no connection yet";
    private volatile @Nullable String complaint;
    private volatile @Nullable ConnectException definite;
    private volatile boolean progressed;
    private volatile boolean closed;
    private volatile List<String> servers = List.of();

    // Background thread only.
    private @Nullable OpenConnection connection;
    private final MisconfigurationGrace patience;
    private final OutageLog log;
    private Watch watch = new Watch();
    /** Whether the next attempt to connect has its time. */
    private boolean scheduled;

    /**
     * @param settings of the back-off
     * @param clock nanoseconds that only go forward, for what {@code grace} measures and for what is logged once a minute
     */
    public ReconnectingSupervisor(
            String name,
            NatsConnector connector,
            PublishStrategy publishers,
            ConnectionSettings settings,
            GracePeriod grace,
            LongSupplier clock) {
        this.name = name;
        this.connector = connector;
        this.publishers = publishers;
        this.backOff = new BackOff(settings.backoff(), settings.backoffMax(), ThreadLocalRandom.current());
        this.longestPause = settings.backoffMax().toNanos();
        this.patience = new MisconfigurationGrace(clock, grace);
        this.log = new OutageLog(name, grace, clock);
        this.background = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "jetsink-link-" + name);
            thread.setDaemon(true);
            return thread;
        });
        background.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Begins to connect. Returns at once. */
    public void open() {
        background.execute(() -> run(this::connect));
    }

    @Override
    public @Nullable Publisher current() {
        Epoch open = epoch;
        return open == null ? null : open.publisher;
    }

    @Override
    public void giveUp(Publisher publisher, Throwable cause) {
        Epoch open = epoch;
        if (open != null && open.publisher == publisher) {
            end(open, cause);
        }
    }

    @Override
    public void probe(Publisher publisher, Duration ahead) {
        Epoch open = epoch;
        if (open == null || open.publisher != publisher) {
            return;
        }
        try {
            // Not the background thread: a close must not wait for a PONG.
            open.connection.connection().getOptions().getExecutor().execute(() -> ping(open, PONG.plus(ahead)));
        } catch (RejectedExecutionException closing) {
            LOG.debug("{}: not probed while closing", name, closing);
        }
    }

    @Override
    public void progressed() {
        progressed = true;
    }

    @Override
    public @Nullable ConnectException definite() {
        return definite;
    }

    @Override
    public String lastFailure() {
        return lastFailure;
    }

    @Override
    public void close(Duration patience) {
        closed = true;
        epoch = null;
        background.execute(this::release);
        background.shutdown();
        try {
            if (!background.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.info("{}: the connection is still closing; it ends in the background", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs a step of the background thread. Nothing that it throws ends the link: the executor would keep an Error to
     * itself, and nobody else begins the next epoch.
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
                LOG.warn("{}: the link to NATS failed unexpectedly and connects again", name, unexpected);
            } finally {
                if (epoch == null && definite == null && !scheduled) {
                    next(unexpected);
                }
            }
        }
    }

    private void release() {
        try {
            disconnect();
        } catch (Throwable e) {
            LOG.warn("{}: the connection to NATS was not closed cleanly", name, e);
        }
        try {
            connector.close();
        } catch (Throwable e) {
            LOG.warn("{}: connection.customizer was not closed cleanly", name, e);
        }
    }

    private void connect() {
        scheduled = false;
        if (closed) {
            return;
        }
        // Before a server is tried, nothing explains a failure.
        nextWatch();
        try {
            OpenConnection opened = connector.connect(servers, this::nextWatch);
            connection = opened;
            servers = opened.servers();
            Publisher publisher = publishers.open(opened.connection());
            begin(new Epoch(opened, publisher));
        } catch (Throwable e) {
            // An Error too: threads that the system has no room for, or a class of the user's that throws it.
            epoch = null;
            next(watch.explained(e));
        }
    }

    private Watch nextWatch() {
        watch = new Watch();
        return watch;
    }

    private void disconnect() {
        OpenConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    private void begin(Epoch opened) {
        OpenConnection link = opened.connection;
        log.connected(link.server(), link.connection().getServerInfo().getVersion());
        patience.connected();
        epoch = opened;
        watch.watch(opened);
        look(opened);
    }

    /** Finds an epoch that is over although this thread was not informed, because a callback failed on its way. */
    private void look(Epoch open) {
        if (closed || connection != open.connection) {
            return;
        }
        Throwable cause = open.cause;
        if (cause != null) {
            replace(open, cause);
        } else if (open.connection.connection().getStatus() == Connection.Status.CLOSED) {
            replace(open, new IOException("the connection was closed"));
        } else {
            background.schedule(() -> run(() -> look(open)), LOOK.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Closes what is open and, after a pause, tries again. */
    private void next(Throwable cause) {
        try {
            disconnect();
        } finally {
            again(cause);
        }
    }

    private void again(Throwable cause) {
        if (closed) {
            return;
        }
        long pause = longestPause;
        try {
            boolean stored = progressed;
            progressed = false;
            String said = complaint;
            lastFailure =
                    LogSafeText.escaped(FailureTriage.told(cause)) + (said == null ? "" : "; the server said: " + said);
            if (patience.disconnected(stored)) {
                complaint = null;
                log.over();
                backOff.reset();
            }
            FailureTriage.Verdict verdict = FailureTriage.of(cause);
            if (patience.isOver(verdict)) {
                definite = new ConnectException(lastFailure, cause);
                return;
            }
            pause = backOff.next();
            boolean mistake = verdict == FailureTriage.Verdict.MISTAKE;
            log.failed(lastFailure, cause, pause, mistake && patience.hasBegun(), mistake);
        } finally {
            if (definite == null) {
                connectIn(pause);
            }
        }
    }

    private void connectIn(long nanos) {
        if (closed || scheduled) {
            return;
        }
        try {
            background.schedule(() -> run(this::connect), nanos, TimeUnit.NANOSECONDS);
            scheduled = true;
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: not connected again while closing", name, e);
        }
    }

    /** Any thread. Only the first to end an epoch does anything. */
    private void end(Epoch ended, Throwable cause) {
        synchronized (ended) {
            if (ended.cause != null) {
                return;
            }
            ended.cause = cause;
        }
        if (epoch == ended) {
            epoch = null;
        }
        try {
            background.execute(() -> run(() -> replace(ended, cause)));
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: lost while closing", name, e);
        }
    }

    private void replace(Epoch ended, Throwable cause) {
        if (connection == ended.connection) {
            epoch = null;
            next(cause);
        }
    }

    private void ping(Epoch open, Duration patience) {
        try {
            open.connection.connection().flush(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable dead) {
            // An Error too: on this thread nobody else would notice it.
            end(open, new IOException("no answer to a PING in " + patience.toMillis() + " ms", dead));
        }
    }

    /** One connection and its publisher. */
    private static final class Epoch {
        final OpenConnection connection;
        final Publisher publisher;
        /** Why it is over; null: it is not. Set while synchronized on the epoch. */
        volatile @Nullable Throwable cause;

        Epoch(OpenConnection connection, Publisher publisher) {
            this.connection = connection;
            this.publisher = publisher;
        }
    }

    /** Hears of the loss of one connection, which may come before its epoch has begun. */
    private final class Watch implements ConnectionEvents {
        private @Nullable Epoch watched;
        private @Nullable IOException lost;
        private @Nullable PermissionsViolation denied;

        @Override
        public void lost(IOException cause) {
            Epoch open;
            synchronized (this) {
                lost = cause;
                open = watched;
            }
            if (open != null) {
                end(open, cause);
            }
        }

        void watch(Epoch opened) {
            IOException cause;
            synchronized (this) {
                watched = opened;
                cause = lost == null && denied != null && ends(opened, denied) ? denied.mistake(null) : lost;
            }
            if (cause != null) {
                end(opened, cause);
            }
        }

        /** Why an epoch did not begin: not for want of an answer, if the question was not allowed. */
        synchronized Throwable explained(Throwable failure) {
            PermissionsViolation what = denied;
            return what == null || FailureTriage.of(failure) != FailureTriage.Verdict.RETRY
                    ? failure
                    : what.mistake(failure);
        }

        /** The protocol ties it to no message. It explains why acks are missing, and then there is no use in waiting. */
        @Override
        public void serverError(String text) {
            PermissionsViolation what = PermissionsViolation.in(text);
            Epoch open;
            synchronized (this) {
                open = watched;
            }
            if (open != null && what != null && what.isFatal() && !ends(open, what)) {
                LOG.debug("{}: the server says: {}", name, text);
                return;
            }
            synchronized (this) {
                denied = what == null ? denied : what;
                open = watched;
            }
            String shown = LogSafeText.of(text, MAX_COMPLAINT);
            if (!shown.equals(complaint)) {
                complaint = shown;
                LOG.warn("{}: the server says: {}", name, shown);
            }
            if (what != null && what.isFatal() && open != null) {
                end(open, what.mistake(null));
            }
        }

        /** Whether an epoch is of no use after this; not so where nothing waits for the ack of the one message. */
        private boolean ends(Epoch open, PermissionsViolation what) {
            return what.isFatal() && !(what.publish() && open.publisher.endures(what));
        }

        @Override
        public void clientError(Exception error) {
            LOG.debug("{}: reported by the NATS client", name, error);
        }

        @Override
        public void lameDuck() {
            LOG.info("{}: the server is shutting down (lame duck mode); the next link goes elsewhere if it can", name);
            Epoch open;
            synchronized (this) {
                open = watched;
            }
            if (open != null) {
                end(open, new IOException("the server is shutting down"));
            }
        }

        @Override
        public void discovered(List<String> known) {
            servers = known;
        }
    }
}
