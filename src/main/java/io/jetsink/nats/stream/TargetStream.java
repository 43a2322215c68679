package io.jetsink.nats.stream;

import io.jetsink.config.JetStreamSettings;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.api.PersistMode;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.support.JsonValueUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stream that is written to, as the server describes it. Immutable; looked up at the opening of each epoch.
 *
 * @param name of the stream
 * @param configuration as JetStream has it
 * @param apiPrefix of JetStream's API, with its trailing dot
 * @param domain the JetStream domain that acks of the stream name, empty for none; null if it is not known
 */
public record TargetStream(
        String name,
        StreamConfiguration configuration,
        String apiPrefix,
        @Nullable String domain) {
    /** The problem of a stream that does not {@link #acks() ack}, to be put behind its name. */
    public static final String NO_ACK = "has no_ack, so nobody learns what it has stored";
    /** The option of {@code nats stream edit} that fixes it. */
    public static final String NO_ACK_CURE = "--ack";

    private static final int STREAM_NOT_FOUND = 10059;
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    /** A third: two rewrites may fail before a marker ages out. */
    private static final long REFRESHES_PER_AGE = 3;

    /** A stream whose domain is not known. */
    public TargetStream(String name, StreamConfiguration configuration, String apiPrefix) {
        this(name, configuration, apiPrefix, null);
    }

    /**
     * Looks the stream up.
     *
     * @param subjects filters of what is written to; they decide where {@code jetstream.stream} names no stream
     * @return null if there is more than one
     * @throws NoStreamException if there is none
     * @throws IOException if the server does not tell, for now or because of permissions
     */
    public static @Nullable TargetStream find(Connection connection, JetStreamSettings settings, List<String> subjects)
            throws IOException {
        try {
            JetStreamManagement management = connection.jetStreamManagement(options(settings));
            String name = settings.stream();
            if (name == null) {
                Set<String> names = new HashSet<>();
                for (String filter : subjects) {
                    names.addAll(management.getStreamNames(filter));
                }
                if (names.isEmpty()) {
                    throw new NoStreamException(null, subjects);
                }
                if (names.size() > 1) {
                    return null;
                }
                name = names.iterator().next();
            }
            return named(management, settings, name);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == STREAM_NOT_FOUND) {
                throw new NoStreamException(settings.stream(), subjects);
            }
            throw new IOException("the stream cannot be looked up: " + e.getErrorDescription(), e);
        }
    }

    /**
     * Looks a stream up that the server has named.
     *
     * @throws IOException if the server does not describe it, for now or because of permissions
     */
    public static TargetStream named(Connection connection, JetStreamSettings settings, String name)
            throws IOException {
        try {
            return named(connection.jetStreamManagement(options(settings)), settings, name);
        } catch (JetStreamApiException e) {
            throw new IOException("the stream cannot be looked up: " + e.getErrorDescription(), e);
        }
    }

    private static TargetStream named(JetStreamManagement management, JetStreamSettings settings, String name)
            throws IOException, JetStreamApiException {
        StreamInfo info = management.getStreamInfo(name);
        return new TargetStream(name, info.getConfiguration(), options(settings).getPrefix(), domain(info));
    }

    /**
     * Asks for the stream as it is now, without waiting.
     *
     * @param ahead time that what is queued before the request needs
     * @return fails with an {@link IOException} if the server does not tell in some seconds, or the stream is gone
     * @throws IllegalStateException if the connection takes no request at the moment, or is closed
     */
    public CompletableFuture<TargetStream> ask(Connection connection, Duration ahead) {
        Duration patience = TIMEOUT.plus(ahead);
        return connection
                .requestWithTimeout(infoSubject(), null, patience)
                .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                .handle((answer, failure) -> {
                    try {
                        return new TargetStream(name, described(answer, failure), apiPrefix, domain);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
    }

    private static StreamConfiguration described(@Nullable Message answer, @Nullable Throwable failure)
            throws IOException {
        if (answer == null || answer.isStatusMessage()) {
            throw new IOException("the stream cannot be looked up: no answer from JetStream", failure);
        }
        try {
            return new StreamInfo(answer).throwOnHasError().getConfiguration();
        } catch (JetStreamApiException e) {
            throw new IOException("the stream cannot be looked up: " + e.getErrorDescription(), e);
        }
    }

    /** Subject at which the stream's configuration and state are asked for. */
    public String infoSubject() {
        return apiPrefix + "STREAM.INFO." + name;
    }

    /** STREAM.INFO names the domain as acks do (nats-server 2.9 to 2.15); jnats does not read it. */
    private static String domain(StreamInfo info) {
        String domain = JsonValueUtils.readString(info.getJv(), "domain");
        return domain == null ? "" : domain;
    }

    /** Where messages of the stream are asked for. */
    public String messageGetSubject() {
        return apiPrefix + "STREAM.MSG.GET." + name;
    }

    /** JetStream's API for this stream, over another connection of the same settings. */
    public JetStreamManagement management(Connection connection, JetStreamSettings settings) throws IOException {
        return connection.jetStreamManagement(options(settings));
    }

    public static JetStreamOptions options(JetStreamSettings settings) {
        JetStreamOptions.Builder options = JetStreamOptions.builder().requestTimeout(TIMEOUT);
        if (settings.domain() != null) {
            options.domain(settings.domain());
        }
        if (settings.apiPrefix() != null) {
            options.prefix(settings.apiPrefix());
        }
        return options.build();
    }

    /** Returns the command that lets a stream accept messages with a TTL. */
    public static String allowTtl(String stream) {
        return "nats stream edit " + stream + " --allow-msg-ttl";
    }

    /** Returns the problem of a stream that sends no acks, with the command that fixes it, or null. */
    public @Nullable String noAckProblem() {
        return acks() ? null : "stream " + name + " " + NO_ACK + ": nats stream edit " + name + " " + NO_ACK_CURE;
    }

    /** Whether it says what it has stored. */
    public boolean acks() {
        return !configuration.getNoAck();
    }

    public boolean allowsBatches() {
        return configuration.getAllowBatched();
    }

    public boolean isUnreplicated() {
        return configuration.getReplicas() <= 1;
    }

    public boolean allowsAtomic() {
        return configuration.getAllowAtomicPublish();
    }

    public boolean allowsRollup() {
        return configuration.getAllowRollup();
    }

    public boolean allowsTtl() {
        return configuration.isAllowMessageTtl();
    }

    /** Largest message with its headers, or -1 for no limit of the stream's own. */
    public long maxMessageSize() {
        return configuration.getMaximumMessageSize();
    }

    public boolean persistsLater() {
        return configuration.getPersistMode() == PersistMode.Async;
    }

    public Duration maxAge() {
        return configuration.getMaxAge();
    }

    /** After how long an untouched marker is to be written again, in nanoseconds; 0: never. */
    public long markerRefreshNanos() {
        Duration age = configuration.getMaxAge();
        return age == null || allowsTtl() ? 0 : age.toNanos() / REFRESHES_PER_AGE;
    }

    /** Whether the stream takes this subject, or every subject of this filter. */
    public boolean takes(String subject) {
        for (String pattern : configuration.getSubjects()) {
            if (covers(pattern, subject)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the stream takes any subject of these filters. */
    public boolean takesAnyOf(List<String> filters) {
        return configuration.getSubjects().stream()
                .anyMatch(pattern -> filters.stream().anyMatch(filter -> overlap(pattern, filter)));
    }

    /** Whether there is a subject that both stand for. */
    public static boolean overlap(String one, String other) {
        String[] ones = one.split("\\.");
        String[] others = other.split("\\.");
        for (int i = 0; i < Math.min(ones.length, others.length); i++) {
            if (ones[i].equals(">") || others[i].equals(">")) {
                return true;
            }
            if (!ones[i].equals("*") && !others[i].equals("*") && !ones[i].equals(others[i])) {
                return false;
            }
        }
        return ones.length == others.length;
    }

    /** NATS' wildcards: {@code *} stands for one token, a last {@code >} for one or more. */
    public static boolean covers(String pattern, String subject) {
        int p = 0;
        int s = 0;
        while (p < pattern.length() && s < subject.length()) {
            int patternEnd = end(pattern, p);
            int subjectEnd = end(subject, s);
            if (patternEnd - p == 1 && pattern.charAt(p) == '>') {
                return true;
            }
            boolean rest = subjectEnd - s == 1 && subject.charAt(s) == '>';
            boolean any = patternEnd - p == 1 && pattern.charAt(p) == '*';
            if (rest || (!any && !pattern.regionMatches(p, subject, s, Math.max(patternEnd - p, subjectEnd - s)))) {
                return false;
            }
            p = patternEnd + 1;
            s = subjectEnd + 1;
        }
        return p > pattern.length() && s > subject.length();
    }

    private static int end(String subject, int from) {
        int dot = subject.indexOf('.', from);
        return dot < 0 ? subject.length() : dot;
    }
}
