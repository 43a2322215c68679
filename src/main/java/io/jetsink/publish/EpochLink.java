package io.jetsink.publish;

import io.jetsink.config.ConnectionSettings;
import io.jetsink.config.ShownText;
import io.jetsink.nats.LinkListener;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.NatsLink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
public final class EpochLink implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(EpochLink.class);
    /** How long a server may take to answer a PING before it counts as dead. */
    private static final Duration PONG = Duration.ofSeconds(2);

    private static final Duration REMIND = Duration.ofMinutes(1);
    /** Of a server's words, which may quote a subject, and that a key. */
    private static final int MAX_COMPLAINT = 256;

    private final String name;
    private final NatsConnector connector;
    private final PublisherFactory publishers;
    private final BackOff backOff;
    private final ScheduledThreadPoolExecutor background;

    private volatile @Nullable Epoch epoch;
    private volatile String lastFailure = "no connection yet";
    private volatile @Nullable String complaint;
    private volatile @Nullable ConnectException definite;
    private volatile boolean progressed;
    private volatile boolean closed;
    private volatile List<String> servers = List.of();

    // Background thread only.
    private @Nullable NatsLink connection;
    private final Patience patience = new Patience(System::nanoTime);
    private @Nullable Publisher previous;
    private long remindAt = Long.MIN_VALUE;
    /** Whether people know of the last failure but not of a connection after it. */
    private boolean told = true;

    public EpochLink(String name, NatsConnector connector, PublisherFactory publishers, ConnectionSettings settings) {
        this.name = name;
        this.connector = connector;
        this.publishers = publishers;
        this.backOff = new BackOff(settings.backoff(), settings.backoffMax(), ThreadLocalRandom.current());
        this.background = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "jetsink-link-" + name);
            thread.setDaemon(true);
            return thread;
        });
        background.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Begins to connect. Returns at once. */
    public void open() {
        background.execute(this::connect);
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
        background.execute(() -> {
            disconnect();
            connector.close();
        });
        background.shutdown();
        try {
            if (!background.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.info("{}: the connection is still closing; it ends in the background", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect() {
        if (closed) {
            return;
        }
        Watch watch = new Watch();
        try {
            NatsLink opened = connector.connect(servers, watch);
            connection = opened;
            servers = opened.servers();
            Publisher publisher = publishers.open(opened.connection(), previous);
            previous = publisher;
            begin(new Epoch(opened, publisher), watch);
        } catch (InterruptedException e) {
            disconnect();
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | LinkageError e) {
            disconnect();
            again(watch.explained(e));
        }
    }

    private void disconnect() {
        NatsLink open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    private void begin(Epoch opened, Watch watch) {
        String text = "{}: connected to {} (nats-server {})";
        String server = opened.connection.server();
        String version = opened.connection.connection().getServerInfo().getVersion();
        if (told) {
            LOG.info(text, name, server, version);
        } else {
            LOG.debug(text, name, server, version);
        }
        told = false;
        epoch = opened;
        watch.watch(opened);
    }

    private void again(Throwable cause) {
        if (closed) {
            return;
        }
        String said = complaint;
        lastFailure = ShownText.escaped(FailureTriage.told(cause)) + (said == null ? "" : "; the server said: " + said);
        if (progressed) {
            progressed = false;
            complaint = null;
            remindAt = Long.MIN_VALUE;
            backOff.reset();
            patience.progressed();
        }
        if (patience.isOver(FailureTriage.of(cause))) {
            definite = new ConnectException(lastFailure, cause);
            return;
        }
        long pause = backOff.next();
        tell(cause, pause);
        background.schedule(this::connect, pause, TimeUnit.NANOSECONDS);
    }

    /** An outage is one line when it begins and one a minute, not one an attempt, also if connecting works. */
    private void tell(Throwable cause, long pause) {
        long now = System.nanoTime();
        String text = "{}: no working link to NATS ({}); trying again in {} ms, records wait in Kafka meanwhile";
        long millis = TimeUnit.NANOSECONDS.toMillis(pause);
        if (remindAt == Long.MIN_VALUE || now - remindAt >= 0) {
            remindAt = now + REMIND.toNanos();
            told = true;
            LOG.warn(text, name, lastFailure, millis);
        }
        LOG.debug(text, name, lastFailure, millis, cause);
    }

    /** Any thread. Only the first to end an epoch does anything. */
    private void end(Epoch ended, Throwable cause) {
        synchronized (ended) {
            if (ended.ended) {
                return;
            }
            ended.ended = true;
        }
        if (epoch == ended) {
            epoch = null;
        }
        try {
            background.execute(() -> {
                disconnect();
                again(cause);
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: lost while closing", name, e);
        }
    }

    private void ping(Epoch open, Duration patience) {
        try {
            open.connection.connection().flush(patience);
        } catch (TimeoutException | IllegalStateException dead) {
            end(open, new IOException("no answer to a PING in " + patience.toMillis() + " ms", dead));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One connection and its publisher. */
    private static final class Epoch {
        final NatsLink connection;
        final Publisher publisher;
        boolean ended;

        Epoch(NatsLink connection, Publisher publisher) {
            this.connection = connection;
            this.publisher = publisher;
        }
    }

    /** Hears of the loss of one connection, which may come before its epoch has begun. */
    private final class Watch implements LinkListener {
        private @Nullable Epoch watched;
        private @Nullable IOException lost;
        private @Nullable Denied denied;

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
                cause = lost == null && denied != null && denied.isFatal() ? denied.mistake(null) : lost;
            }
            if (cause != null) {
                end(opened, cause);
            }
        }

        /** Why an epoch did not begin: not for want of an answer, if the question was not allowed. */
        synchronized Throwable explained(Throwable failure) {
            Denied what = denied;
            return what == null || FailureTriage.of(failure) != FailureTriage.Verdict.RETRY
                    ? failure
                    : what.mistake(failure);
        }

        /** The protocol ties it to no message. It explains why acks are missing, and then there is no use in waiting. */
        @Override
        public void serverError(String text) {
            String shown = ShownText.of(text, MAX_COMPLAINT);
            if (!shown.equals(complaint)) {
                complaint = shown;
                LOG.warn("{}: the server says: {}", name, shown);
            }
            Denied what = Denied.in(text);
            Epoch open;
            synchronized (this) {
                denied = what == null ? denied : what;
                open = watched;
            }
            if (what != null && what.isFatal() && open != null) {
                end(open, what.mistake(null));
            }
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
