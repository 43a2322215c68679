package io.jetsink.nats;

import io.jetsink.config.AuthSettings;
import io.jetsink.config.ConnectionSettings;
import io.jetsink.config.TlsSettings;
import io.jetsink.message.LogSafeText;
import io.jetsink.spi.ConnectionCustomizer;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.Encoding;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections, one for each epoch. Nothing in them reconnects: the client would send what it had queued on the new
 * connection and leave a hole where the old one broke.
 */
public final class NatsConnector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NatsConnector.class);
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
    private final WorldReadableFiles exposed;
    /** Whether a certificate can be for the configured name of a server whose announced name it cannot be for. */
    private final boolean hasName;
    /** Announced addresses that were warned of. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

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
        this.exposed = new WorldReadableFiles(name);
        this.hasName = ServerTarget.anyName(settings.servers());
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
     * @param listeners makes a listener for each server that is tried, so that none hears of a connection to another; the
     *     one made last is that of the link
     */
    public OpenConnection connect(Collection<String> discovered, Supplier<? extends ConnectionEvents> listeners)
            throws ConnectFailedException, InterruptedException {
        try {
            return tryAll(discovered, listeners);
        } catch (LinkageError e) {
            var text = OtherVersions.text(e, NatsConnector.class.getClassLoader());
            if (text == null) {
                throw e;
            }
            throw new ConnectFailedException(ConnectFailedException.Reason.LIBRARIES, text, e);
        }
    }

    private OpenConnection tryAll(Collection<String> discovered, Supplier<? extends ConnectionEvents> listeners)
            throws ConnectFailedException, InterruptedException {
        exposed.check(settings.auth().credentialsFile(), AuthSettings.CREDENTIALS_FILE_CONFIG);
        exposed.check(settings.tls().keyStore(), TlsSettings.KEYSTORE_CONFIG);
        var credentials = Credentials.read(settings.auth());
        var tls = TlsContext.read(settings.tls());
        var failed = new ArrayList<FailedAttempt>();
        for (var target : ServerTarget.all(settings.servers(), discovered, tls)) {
            for (var address : addresses(target, listeners, failed)) {
                var monitor = new ConnectAttempt(address, listeners.get());
                var threads = new ConnectionThreads(name);
                var link = open(monitor, threads, credentials, failed);
                if (link != null) {
                    return link;
                }
            }
        }
        throw FailedAttempt.all(failed);
    }

    private static List<ServerTarget> addresses(
            ServerTarget target, Supplier<? extends ConnectionEvents> listeners, List<FailedAttempt> failed) {
        try {
            return target.resolved();
        } catch (UnknownHostException e) {
            failed.add(FailedAttempt.of(new ConnectAttempt(target, listeners.get()), e));
            return List.of();
        }
    }

    /** An address that the client does not accept is resolved here, unless it is none or its certificate cannot be checked. */
    private void checkAnnounced(String url, @Nullable TlsContext tls) {
        var address = UnusualAddress.of(url);
        var verified = tls != null && tls.verifyHostname() && !hasName;
        if ((address == null || verified) && warned.add(url)) {
            LOG.warn(
                    "{}: a server announces {}, which {}, so the connector cannot connect to it when others fail: set"
                            + " client_advertise of that server to a name of letters, digits, dots and hyphens, or list"
                            + " such a name in nats.servers",
                    name,
                    LogSafeText.of(url),
                    address == null ? "is not an address" : "is not a host name that Java can verify in a certificate");
        }
    }

    private @Nullable OpenConnection open(
            ConnectAttempt monitor, ConnectionThreads threads, Credentials credentials, List<FailedAttempt> failed)
            throws InterruptedException {
        OpenConnection link = null;
        try {
            var connection = Nats.connect(options(monitor, threads, credentials));
            if (monitor.wasUp()) {
                link = new OpenConnection(connection, monitor, threads);
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

    private Options options(ConnectAttempt monitor, ConnectionThreads threads, Credentials credentials) {
        var shown = settings.name();
        var options = new Options.Builder();
        if (customizer != null) {
            customizer.customize(options);
        }
        var tls = monitor.target().tls();
        options.server(monitor.target().server())
                .serverPool(new AnnouncedServers(url -> checkAnnounced(url, tls)))
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
                .dataPortType(ResettingDataPort.class.getName())
                .errorListener(monitor)
                .connectionListener(monitor)
                .executor(threads.pool())
                .connectExecutor(threads.pool())
                .scheduledExecutor(threads.timer())
                .callbackExecutor(threads.callbacks());
        credentials.applyTo(options);
        if (tls != null) {
            options.sslContext(tls.context());
            if (settings.tls().tlsFirst()) {
                options.tlsFirst();
            }
        }
        return options.build();
    }
}
