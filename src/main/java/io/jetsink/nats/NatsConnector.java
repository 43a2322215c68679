package io.jetsink.nats;

import io.jetsink.config.AuthSettings;
import io.jetsink.config.ConnectionSettings;
import io.jetsink.config.PluginSettings;
import io.jetsink.config.TlsSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.spi.ConnectionCustomizer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.Encoding;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections, one for each epoch. A connection never reconnects by itself: the client would publish its queue on the
 * new connection, and messages that were lost with the old one would leave a gap.
 */
public final class NatsConnector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NatsConnector.class);
    /** Number of ping intervals without data from the server after which a connection is lost. */
    private static final int SILENT_INTERVALS = 3;
    /** No limit: a PING may wait behind data, so unanswered PINGs do not show that a server is dead. */
    private static final int PINGS_OUT = -1;
    /**
     * Shortest time after which the client drops a request without a reply. It is much longer than any caller waits, so that
     * a queued request is not dropped.
     */
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(5);

    private static final int ACK_TIMEOUTS = 3;
    private static final Duration QUEUE_PUSH = Duration.ofMillis(100);

    private final ConnectionSettings settings;
    private final String name;
    private final Duration ackTimeout;
    private final int outgoingQueue;
    private final @Nullable ConnectionCustomizer customizer;
    private final WorldReadableFiles worldReadable;
    /** Whether any configured server has a host name, for which certificates of announced addresses can be verified. */
    private final boolean hasName;
    /** Announced addresses that have been logged. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /**
     * @param name prefix of thread names, and the name on the server unless {@code nats.connection.name} is set
     * @param outgoingQueue maximum number of messages that wait for the socket
     */
    public NatsConnector(ConnectionSettings settings, String name, Duration ackTimeout, int outgoingQueue) {
        this.settings = settings;
        this.name = name;
        this.ackTimeout = ackTimeout;
        this.outgoingQueue = outgoingQueue;
        this.worldReadable = new WorldReadableFiles(name);
        this.hasName = ServerTarget.anyName(settings.servers());
        PluginSettings chosen = settings.customizer();
        this.customizer = chosen == null ? null : chosen.create(ConnectionCustomizer.class);
    }

    /** Closes the customizer. Open connections are closed by their owners. */
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
     * @param discovered servers that an earlier connection knew
     * @param events creates the receiver of events for each attempt; the last one belongs to the connection that is returned
     */
    public OpenConnection connect(Collection<String> discovered, Supplier<? extends ConnectionEvents> events)
            throws ConnectFailedException, InterruptedException {
        try {
            return tryAll(discovered, events);
        } catch (LinkageError e) {
            String text = OtherVersions.text(e);
            if (text == null) {
                throw e;
            }
            throw new ConnectFailedException(ConnectFailedException.Reason.LIBRARIES, text, e);
        }
    }

    private OpenConnection tryAll(Collection<String> discovered, Supplier<? extends ConnectionEvents> events)
            throws ConnectFailedException, InterruptedException {
        worldReadable.check(settings.auth().credentialsFile(), AuthSettings.CREDENTIALS_FILE_CONFIG);
        worldReadable.check(settings.tls().keyStore(), TlsSettings.KEYSTORE_CONFIG);
        Credentials credentials = Credentials.read(settings.auth());
        TlsContext tls = TlsContext.read(settings.tls());
        List<FailedAttempt> failed = new ArrayList<>();
        for (ServerTarget target : ServerTarget.all(settings.servers(), discovered, tls)) {
            for (ServerTarget address : addresses(target, events, failed)) {
                OpenConnection opened = open(new ConnectAttempt(address, events.get()), credentials, failed);
                if (opened != null) {
                    return opened;
                }
            }
        }
        throw FailedAttempt.all(failed);
    }

    private static List<ServerTarget> addresses(
            ServerTarget target, Supplier<? extends ConnectionEvents> events, List<FailedAttempt> failed) {
        try {
            return target.resolved();
        } catch (UnknownHostException e) {
            failed.add(FailedAttempt.of(new ConnectAttempt(target, events.get()), e));
            return List.of();
        }
    }

    /** Warns of an announced address that cannot be used: it has no host and port, or its certificate cannot be verified. */
    private void checkAnnounced(String url, @Nullable TlsContext tls) {
        UnusualAddress address = UnusualAddress.of(url);
        boolean verified = tls != null && tls.verifyHostname() && !hasName;
        if ((address == null || verified) && warned.add(url)) {
            LOG.warn(
                    "{} {}: a server announces {}, which {}, so the connector cannot connect to it when others fail: set"
                            + " client_advertise of that server to a name of letters, digits, dots and hyphens, or list"
                            + " such a name in nats.servers",
                    ErrorCode.UNUSABLE_ADDRESS,
                    name,
                    LogSafeText.of(url),
                    address == null ? "is not an address" : "is not a host name that Java can verify in a certificate");
        }
    }

    private @Nullable OpenConnection open(ConnectAttempt attempt, Credentials credentials, List<FailedAttempt> failed)
            throws InterruptedException {
        ConnectionThreads threads = new ConnectionThreads(name);
        OpenConnection opened = null;
        try {
            Connection connection = Nats.connect(options(attempt, threads, credentials));
            if (attempt.wasUp()) {
                opened = new OpenConnection(name, connection, attempt, threads);
            } else {
                failed.add(FailedAttempt.of(attempt, null));
            }
        } catch (IOException | RuntimeException e) {
            // The client handles an interrupt as a failure to connect.
            if (attempt.failure() instanceof InterruptedException) {
                throw new InterruptedException(
                        "Connecting to " + attempt.target().server() + " was interrupted");
            }
            failed.add(FailedAttempt.of(attempt, e));
        } finally {
            if (opened == null) {
                attempt.stopForwarding();
                threads.close();
            }
        }
        return opened;
    }

    private Options options(ConnectAttempt attempt, ConnectionThreads threads, Credentials credentials) {
        String shown = settings.name();
        Options.Builder options = new Options.Builder();
        if (customizer != null) {
            customizer.customize(options);
        }
        TlsContext tls = attempt.target().tls();
        options.server(attempt.target().server())
                .serverPool(new AnnouncedServers(url -> checkAnnounced(url, tls)))
                // The client does not escape it for JSON.
                .connectionName(Encoding.jsonEncode(shown == null ? name : shown))
                .connectionTimeout(settings.connectTimeout())
                .pingInterval(settings.pingInterval())
                .maxPingsOut(PINGS_OUT)
                // A live server replies to pings, so silence means a dead server. Also ends a handshake without a
                // reply.
                .socketReadTimeoutMillis(Math.toIntExact(
                        settings.pingInterval().multipliedBy(SILENT_INTERVALS).toMillis()))
                .noReconnect()
                .reconnectBufferSize(0)
                .dontForceFlushOnRequest()
                .requestCleanupInterval(
                        Collections.max(List.of(ackTimeout.multipliedBy(ACK_TIMEOUTS), REQUEST_TIMEOUT)))
                .useTimeoutException()
                .maxMessagesInOutgoingQueue(outgoingQueue)
                .writeQueuePushTimeout(QUEUE_PUSH)
                .inboxPrefix(settings.inboxPrefix())
                .subjectValidationType(Options.SubjectValidationType.None)
                .hostnameResolveMode(Options.HostnameResolveMode.ResolveToAllIncludeIPV6)
                .noEcho()
                .dataPortType(ResettingDataPort.class.getName())
                .readListener(new ReplyReader())
                .errorListener(attempt)
                .connectionListener(attempt);
        threads.applyTo(options);
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
