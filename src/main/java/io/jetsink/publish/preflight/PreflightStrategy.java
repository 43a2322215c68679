package io.jetsink.publish.preflight;

import io.jetsink.nats.stream.NoStreamException;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.MisconfiguredException;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.nats.client.Connection;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A strategy before which server, stream and permissions are checked ({@code preflight}), at each opening of an epoch until
 * something was acked one by one, or as long as the stream is looked up anyway.
 */
public final class PreflightStrategy implements PublishStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(PreflightStrategy.class);
    /** So often a question may stay without an answer: the user may not be allowed to ask, and need not be. */
    private static final int PATIENCE = 3;

    private final String name;
    private final PublishStrategy publishers;
    private final PreflightChecks checks;
    private final boolean required;
    /** What people know already. */
    private final Set<String> told = new HashSet<>();

    private @Nullable Publisher last;
    private int silent;
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

    private void check(Connection connection) throws IOException, InterruptedException {
        TargetStream stream = silent < PATIENCE ? lookUp(connection) : null;
        refuse(checks.mistakes(connection, stream));
        if (stream != null) {
            String found = "stream " + stream.name() + " ";
            checks.risks(connection, stream).forEach(risk -> warn(found + risk));
        }
        if (probes < PATIENCE) {
            probes++;
            PreflightChecks.Answer answer = checks.probe(connection, stream);
            refuse(answer.mistakes());
            if (answer.doubt() == null) {
                probes = PATIENCE;
            } else {
                warn(answer.doubt());
            }
        }
    }

    private @Nullable TargetStream lookUp(Connection connection) throws IOException {
        try {
            TargetStream stream = checks.lookUp(connection);
            silent = 0;
            return stream;
        } catch (NoStreamException none) {
            refuse(List.of(checks.missing(none)));
            throw none;
        } catch (IOException unanswered) {
            if (required) {
                throw unanswered;
            }
            silent++;
            warn("the stream cannot be looked up (" + unanswered.getMessage()
                    + "), so it is not checked; is the user allowed to ask $JS.API.STREAM.INFO?");
            return null;
        }
    }

    private static void refuse(List<ConfigProblem> mistakes) throws MisconfiguredException {
        if (!mistakes.isEmpty()) {
            throw new MisconfiguredException(
                    mistakes.stream().map(ConfigProblem::text).collect(Collectors.joining("; and ")));
        }
    }

    private void warn(String text) {
        if (told.add(text)) {
            LOG.warn("{}: {}", name, text);
        }
    }
}
