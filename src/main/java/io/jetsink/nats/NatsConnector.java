package io.jetsink.nats;

import io.jetsink.config.AuthSettings;
import io.jetsink.config.ConnectionSettings;
import io.jetsink.config.TlsSettings;
import io.jetsink.spi.ConnectionCustomizer;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.Encoding;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections, one for each epoch. Nothing in them reconnects: the client would send what it had queued on the new
 * connection and leave a hole where the old one broke.
 */
public final class NatsConnector implements AutoCloseable {
    /** Silence of the server, in intervals between two PINGs, after which a connection is lost. */
    private static final int SILENT_INTERVALS = 3;
    /** No limit: a PING may have to wait behind data, and only silence shows that a server is gone. */
    private static final int PINGS_OUT = -1;
    /**
     * Least time after which the client gives a request up by itself. Far more than any request is waited for, so that
     * nothing ends that is only queued; only what is never answered is kept for so long.
     */
    private static final Duration REQUESTS = Duration.ofMinutes(5);

    private static final int ACK_TIMEOUTS = 3;

    private static final Duration QUEUE_PUSH = Duration.ofMillis(100);

    private final ConnectionSettings settings;
    private final String name;
    private final Duration ackTimeout;
    private final int outgoingQueue;
    private final @Nullable ConnectionCustomizer customizer;
    private final ExposedFiles exposed;

    /**
     * @param settings how to reach the servers
     * @param name in the names of threads, and shown by the server unless {@code nats.connection.name} is set
     * @param ackTimeout how long an ack may take
     * @param outgoingQueue how many messages may wait for the socket
     */
    public NatsConnector(ConnectionSettings settings, String name, Duration ackTimeout, int outgoingQueue) {
        this.settings = settings;
        this.name = name;
        this.ackTimeout = ackTimeout;
        this.outgoingQueue = outgoingQueue;
        this.exposed = new ExposedFiles(name);
        var chosen = settings.customizer();
        this.customizer = chosen == null ? null : chosen.create(ConnectionCustomizer.class);
    }

    /** Closes the customizer. No connection is made any more, and those that were made are their owners' to close. */
    @Override
    public void close() {
        if (customizer != null) {
            customizer.close();
        }
    }

    /**
     * Tries the configured servers in random order, then the discovered ones, each for {@code nats.connect.timeout.ms}.
     * Credentials and stores are read again.
     *
     * @param discovered servers that an earlier link knew
     * @param listener hears what becomes of the link
     */
    public NatsLink connect(Collection<String> discovered, LinkListener listener)
            throws ConnectFailedException, InterruptedException {
        exposed.check(settings.auth().credentialsFile(), AuthSettings.CREDENTIALS_FILE_CONFIG);
        exposed.check(settings.tls().keyStore(), TlsSettings.KEYSTORE_CONFIG);
        var credentials = Credentials.read(settings.auth());
        var tls = TlsContext.read(settings.tls());
        var failed = new ArrayList<FailedAttempt>();
        for (var target : LinkTarget.all(settings.servers(), discovered, tls)) {
            var monitor = new LinkMonitor(target, listener);
            var threads = new LinkThreads(name);
            var link = open(monitor, threads, credentials, failed);
            if (link != null) {
                return link;
            }
        }
        throw FailedAttempt.all(failed);
    }

    private @Nullable NatsLink open(
            LinkMonitor monitor, LinkThreads threads, Credentials credentials, List<FailedAttempt> failed)
            throws InterruptedException {
        NatsLink link = null;
        try {
            var connection = Nats.connect(options(monitor, threads, credentials));
            if (monitor.wasUp()) {
                link = new NatsLink(connection, monitor, threads);
            } else {
                failed.add(FailedAttempt.of(monitor, null));
            }
        } catch (IOException | RuntimeException e) {
            // The client takes an interrupt for one more failure.
            if (monitor.failure() instanceof InterruptedException) {
                throw new InterruptedException(
                        "Connecting to " + monitor.target().server() + " was interrupted");
            }
            failed.add(FailedAttempt.of(monitor, e));
        } finally {
            if (link == null) {
                monitor.over();
                threads.close();
            }
        }
        return link;
    }

    private Duration requests() {
        Duration patience = ackTimeout.multipliedBy(ACK_TIMEOUTS);
        return patience.compareTo(REQUESTS) > 0 ? patience : REQUESTS;
    }

    private Options options(LinkMonitor monitor, LinkThreads threads, Credentials credentials) {
        var shown = settings.name();
        var options = new Options.Builder();
        if (customizer != null) {
            customizer.customize(options);
        }
        options.server(monitor.target().server())
                // The client writes it into JSON as it is.
                .connectionName(Encoding.jsonEncode(shown == null ? name : shown))
                .connectionTimeout(settings.connectTimeout())
                .pingInterval(settings.pingInterval())
                .maxPingsOut(PINGS_OUT)
                // Pings make a live server talk, so silence for longer is a dead one; also ends a silent handshake.
                .socketReadTimeoutMillis(Math.toIntExact(
                        settings.pingInterval().multipliedBy(SILENT_INTERVALS).toMillis()))
                .noReconnect()
                .reconnectBufferSize(0)
                .dontForceFlushOnRequest()
                .requestCleanupInterval(requests())
                .useTimeoutException()
                .maxMessagesInOutgoingQueue(outgoingQueue)
                .writeQueuePushTimeout(QUEUE_PUSH)
                .inboxPrefix(settings.inboxPrefix())
                .subjectValidationType(Options.SubjectValidationType.None)
                .hostnameResolveMode(Options.HostnameResolveMode.ResolveToAllIncludeIPV6)
                .noEcho()
                .dataPortType(LinkPort.class.getName())
                .errorListener(monitor)
                .connectionListener(monitor)
                .executor(threads.pool())
                .connectExecutor(threads.pool())
                .scheduledExecutor(threads.timer())
                .callbackExecutor(threads.callbacks());
        credentials.applyTo(options);
        var tls = monitor.target().tls();
        if (tls != null) {
            options.sslContext(tls.context());
            if (settings.tls().tlsFirst()) {
                options.tlsFirst();
            }
        }
        return options.build();
    }
}
