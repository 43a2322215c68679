package io.jetsink.publish.preflight;

import io.jetsink.config.BucketSettings;
import io.jetsink.config.ConnectionSettings;
import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.PublishSettings.DeliveryGuarantee;
import io.jetsink.config.SinkConfig;
import io.jetsink.config.SubjectSettings;
import io.jetsink.config.TlsSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogContext;
import io.jetsink.message.LogSafeText;
import io.jetsink.message.Problem;
import io.jetsink.nats.ConnectFailedException;
import io.jetsink.nats.ConnectionEvents;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.OpenConnection;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.Downstream;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.NoStreamException;
import io.jetsink.nats.stream.Probe;
import io.jetsink.nats.stream.StreamRequirements;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.PermissionsViolation;
import io.jetsink.publish.once.MarkerSubjects;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks a configuration over a connection of its own ({@code preflight=validate}). It creates and stores nothing.
 *
 * <p>Connecting takes about {@code nats.connect.timeout.ms} for all servers together. The checks take some more seconds if
 * JetStream does not reply.
 */
public final class ValidationPreflight implements ConnectionEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ValidationPreflight.class);
    /** Time for the last attempt to connect to report its failure. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final int QUEUE = 16;

    private final SinkConfig config;
    private final PreflightChecks checks;
    private final List<ConfigProblem> found = new ArrayList<>();
    private final List<ConfigProblem> warnings = new ArrayList<>();
    /** Errors that the server has reported over the connection. */
    private final Queue<String> reported = new ConcurrentLinkedQueue<>();

    private volatile @Nullable PermissionsViolation denied;

    private ValidationPreflight(SinkConfig config, List<String> subjects) {
        this.config = config;
        this.checks = new PreflightChecks(
                config,
                new CachedStreamLookup(config.jetStream(), subjects),
                config.publish().guarantee() == DeliveryGuarantee.EXACTLY_ONCE ? MarkerSubjects.of(config) : null);
    }

    /**
     * Connects and checks.
     *
     * @param subjects filters that together cover all subjects that records can have
     * @param warnings receives each problem that does not fail a task, or perhaps does not, with its key
     * @return the problems that fail a task, each with its key
     */
    public static List<ConfigProblem> run(
            SinkConfig config, List<String> subjects, BiConsumer<String, Problem> warnings) {
        ValidationPreflight preflight = new ValidationPreflight(config, subjects);
        String name = config.connectorName() + "-validate";
        try (NatsConnector connector = new NatsConnector(
                        config.connection(), name, config.publish().ackTimeout(), QUEUE);
                OpenConnection link = preflight.connect(connector, name)) {
            preflight.check(link.connection());
        } catch (ConnectFailedException e) {
            preflight.found.add(new ConfigProblem(preflight.key(e), e.code(), FailureTriage.describe(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            preflight.found.add(new ConfigProblem(
                    ConnectionSettings.SERVERS_CONFIG,
                    ErrorCode.NOT_CHECKED,
                    "the check was interrupted: validate again"));
        }
        preflight.warnOfReported();
        preflight.warnings.forEach(warning -> warnings.accept(warning.key(), warning.problem()));
        return List.copyOf(preflight.found);
    }

    /** Servers are tried one after the other, so connecting runs on a thread of its own with one time limit. */
    private OpenConnection connect(NatsConnector connector, String name)
            throws ConnectFailedException, InterruptedException {
        CompletableFuture<OpenConnection> connected = new CompletableFuture<>();
        Thread thread = new Thread(
                LogContext.current().in(() -> {
                    try {
                        OpenConnection link = connector.connect(List.of(), () -> this);
                        if (!connected.complete(link)) {
                            link.close();
                        }
                    } catch (Throwable e) {
                        // Errors, too: a plug-in may throw one, and no other code on this thread would notice it.
                        connected.completeExceptionally(e);
                    }
                }),
                "jetsink-" + name);
        thread.setDaemon(true);
        thread.start();
        Duration limit = config.connection().connectTimeout().plus(GRACE);
        try {
            return connected.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).join();
        } catch (CompletionException e) {
            thread.interrupt();
            if (e.getCause() instanceof ConnectFailedException failed) {
                throw failed;
            }
            throw new ConnectFailedException(
                    ConnectFailedException.Reason.TIMEOUT,
                    e.getCause() instanceof TimeoutException
                            ? "no server of nats.servers could be connected to within nats.connect.timeout.ms"
                            : "No connection to NATS: " + FailureTriage.describe(e),
                    e);
        }
    }

    private void check(Connection connection) throws InterruptedException {
        TargetStream stream = null;
        try {
            stream = checks.lookUp(connection);
            if (stream == null && PreflightChecks.needStream(config)) {
                found.add(new ConfigProblem(
                        JetStreamSettings.STREAM_CONFIG, ErrorCode.OTHER_STREAM, StreamRequirements.SEVERAL_STREAMS));
            }
        } catch (NoStreamException none) {
            if (!isCreated()) {
                found.add(checks.missing(none));
            }
            // The way to the stream can be probed only when the stream exists.
            checks.requirements().problems(null, connection.getServerInfo()).forEach(this::add);
            return;
        } catch (IOException unanswered) {
            String text = "the stream cannot be looked up: " + FailureTriage.describeWithAdvice(unanswered);
            PermissionsViolation why = denied;
            // No task works without its inbox.
            if (PreflightChecks.needStream(config) || (why != null && why.isFatal())) {
                found.add(
                        why == null
                                ? new ConfigProblem(authKey(), FailureTriage.codeOf(unanswered), text)
                                : finding(why));
                return;
            }
            if (why == null) {
                warn(new Problem(ErrorCode.NOT_CHECKED, text));
            }
        }
        checks.requirements().problems(stream, connection.getServerInfo()).forEach(this::add);
        // Without the stream, a generated subject may be one that nobody captures. Only a warning can follow from it
        // here.
        PreflightChecks.Answer answer = checks.probe(connection, stream, checks.guess());
        if (answer.problem() != null) {
            found.add(answer.problem());
        } else if (stream != null) {
            checks.requirements()
                    .warnings(stream, connection.getServerInfo())
                    .forEach(risk -> warn(new Problem(ErrorCode.STREAM_RISK, risk)));
        }
        if (answer.warning() != null) {
            explain(answer.warning());
        }
        // Tasks do not check this at their start: the server would log a Permissions Violation for least privileges
        // (ADR 0033).
        checks.downstream(connection, stream).forEach(risk -> warn(new Problem(ErrorCode.DOWNSTREAM, risk)));
    }

    private void warn(Problem problem) {
        warnings.add(new ConfigProblem(JetStreamSettings.STREAM_CONFIG, problem));
    }

    /** Reports why a probe was not answered: a missing permission, if the server has reported one. */
    private void explain(Problem warning) {
        PermissionsViolation why = denied;
        if (why != null && why.isFatal()) {
            found.add(finding(why));
        } else if (why == null || !Probe.isGuess(why.subject())) {
            warn(warning);
        }
    }

    /** Warns of each error of the server that explains no problem. */
    private void warnOfReported() {
        for (String text : reported) {
            PermissionsViolation violation = PermissionsViolation.in(text);
            ConfigProblem warning = violation == null
                    ? new ConfigProblem(
                            ConnectionSettings.SERVERS_CONFIG,
                            ErrorCode.SERVER_ERROR,
                            "the server reported: " + LogSafeText.of(text))
                    : finding(violation);
            if (found.stream()
                            .noneMatch(problem -> problem.problem().code()
                                    == warning.problem().code())
                    && !warnings.contains(warning)) {
                warnings.add(warning);
            }
        }
    }

    private ConfigProblem finding(PermissionsViolation why) {
        String key = !why.publish()
                ? ConnectionSettings.INBOX_PREFIX_CONFIG
                : why.isFatal() || Probe.isGuess(why.subject()) ? SubjectSettings.TEMPLATE_CONFIG : authKey();
        MisconfiguredException failure = why.misconfiguration(null);
        return new ConfigProblem(key, failure.code(), FailureTriage.describe(failure));
    }

    private void add(String key, Problem problem) {
        found.add(new ConfigProblem(key, problem));
    }

    private boolean isCreated() {
        BucketSettings bucket = config.bucket();
        return bucket == null ? config.jetStream().creation() != null : bucket.create();
    }

    /** Returns the key to check if connecting fails. */
    private String key(ConnectFailedException failure) {
        String known = failure.key();
        if (known != null) {
            return configured(known);
        }
        return switch (failure.reason()) {
            case AUTHORIZATION -> authKey();
            case SETTINGS ->
                String.valueOf(failure.getMessage()).contains("nats.auth.")
                        ? authKey()
                        : ConnectionSettings.SERVERS_CONFIG;
            case TLS, LIBRARIES, BUSY, TIMEOUT, UNREACHABLE -> ConnectionSettings.SERVERS_CONFIG;
        };
    }

    /** Returns the key that is set: a keystore may be a file or a text. */
    private String configured(String key) {
        TlsSettings tls = config.connection().tls();
        return switch (key) {
            case TlsSettings.KEYSTORE_CONFIG -> tls.keyStoreKey();
            case TlsSettings.TRUSTSTORE_CONFIG -> tls.trustStoreKey();
            default -> key;
        };
    }

    private String authKey() {
        return config.connection().auth().key();
    }

    @Override
    public void serverError(String text) {
        PermissionsViolation violation = PermissionsViolation.in(text);
        if (violation != null && violation.subject().endsWith(Downstream.LIST)) {
            LOG.debug("{}: the streams of the account cannot be listed: {}", config.connectorName(), text);
            return;
        }
        PermissionsViolation before = denied;
        // A fatal violation explains the later ones, as does one of the probe.
        boolean explained = before != null && (before.isFatal() || Probe.isGuess(before.subject()));
        denied = violation == null || explained ? before : violation;
        reported.add(text);
    }
}
