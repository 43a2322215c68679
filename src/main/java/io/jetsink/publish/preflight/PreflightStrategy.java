package io.jetsink.publish.preflight;

import static java.util.Objects.requireNonNull;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.NoStreamException;
import io.jetsink.nats.stream.Probe;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.PermissionsViolation;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks server, stream and permissions before it opens another strategy ({@code preflight}). It checks each epoch until a
 * message was acked on its own, and longer if the wrapped strategy looks the stream up in each epoch.
 *
 * <p>Threads: confined to the supervisor's thread.
 */
public final class PreflightStrategy implements PublishStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(PreflightStrategy.class);
    /** Number of requests that may stay without a reply: the user may lack the permission, and does not need it. */
    private static final int MAX_ATTEMPTS = 3;

    private final String name;
    private final PublishStrategy publishers;
    private final PreflightChecks checks;
    private final boolean required;
    /** Warnings that were already logged. */
    private final Set<String> logged = new HashSet<>();

    private @Nullable Publisher last;
    /** Whether the user has the permission to look the stream up. */
    private boolean mayLookUp;

    private int unanswered;
    private int probes;

    /**
     * @param name of the task, for log lines
     * @param required whether nothing is published as long as the stream is not looked up
     */
    public PreflightStrategy(String name, PublishStrategy publishers, PreflightChecks checks, boolean required) {
        this.name = name;
        this.publishers = publishers;
        this.checks = checks;
        this.required = required;
    }

    @Override
    public Publisher open(Connection connection) throws IOException, InterruptedException {
        boolean proven = last instanceof AsyncPublisher before && before.isProven();
        if (!proven) {
            check(connection);
        }
        Publisher opened = publishers.open(connection);
        last = opened;
        return opened;
    }

    @Override
    public void reconsider(Connection connection) {
        publishers.reconsider(connection);
    }

    private void check(Connection connection) throws IOException, InterruptedException {
        TargetStream stream = unanswered < MAX_ATTEMPTS ? lookUp(connection) : null;
        Problem unmet = checks.requirements().problem(stream, connection.getServerInfo());
        if (unmet != null && unmet.code() == ErrorCode.STREAM_UNSUITABLE && stream != null) {
            throw requireNonNull(checks.requirements().failure(stream));
        }
        refuse(unmet);
        if (probes < MAX_ATTEMPTS) {
            PreflightChecks.Answer answer = checks.probe(connection, stream);
            ConfigProblem problem = answer.problem();
            // A definite problem is checked until it is gone.
            refuse(problem == null ? null : problem.problem());
            probes++;
            if (answer.warning() == null) {
                probes = MAX_ATTEMPTS;
            } else if (!isExplained(connection)) {
                warn(answer.warning());
            }
        }
        // Logged last: a problem is not preceded by risks that are not its reason.
        if (stream != null) {
            checks.requirements()
                    .warnings(stream, connection.getServerInfo())
                    .forEach(risk -> warn(new Problem(ErrorCode.STREAM_RISK, risk)));
        }
    }

    private @Nullable TargetStream lookUp(Connection connection) throws IOException {
        try {
            TargetStream stream = checks.lookUp(connection);
            unanswered = 0;
            mayLookUp = true;
            return stream;
        } catch (NoStreamException none) {
            throw new MisconfiguredException(checks.missing(none).problem());
        } catch (IOException failure) {
            PermissionsViolation denied = denied(connection);
            if (denied != null && !denied.publish()) {
                throw denied.misconfiguration(failure);
            }
            if (required) {
                throw failure;
            }
            unanswered++;
            if (!mayLookUp) {
                warn(new Problem(
                        ErrorCode.NOT_CHECKED,
                        "the stream is not checked, because it cannot be looked up (" + failure.getMessage()
                                + "): grant the user $JS.API.STREAM.INFO if it lacks that permission"));
            }
            return null;
        }
    }

    /** Returns the missing permission that the server has reported last, or null. */
    private static @Nullable PermissionsViolation denied(Connection connection) {
        String error = connection.getLastError();
        return error == null ? null : PermissionsViolation.in(error);
    }

    /** Whether the log has the reason why a probe was not answered: the user may not publish it, or not receive the answer. */
    private static boolean isExplained(Connection connection) {
        PermissionsViolation denied = denied(connection);
        return denied != null && (denied.isFatal() || Probe.isGuess(denied.subject()));
    }

    private static void refuse(@Nullable Problem problem) throws MisconfiguredException {
        if (problem != null) {
            throw new MisconfiguredException(problem);
        }
    }

    private void warn(Problem problem) {
        if (logged.add(problem.text())) {
            LOG.warn("{} {}: {}", problem.code(), name, problem.text());
        }
    }
}
