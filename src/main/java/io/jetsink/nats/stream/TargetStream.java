package io.jetsink.nats.stream;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.SubjectFilter;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.api.ApiResponse;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.support.Encoding;
import io.nats.client.support.JsonValueUtils;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The stream that the connector publishes to, as the server described it at the start of the epoch. Immutable.
 *
 * @param apiPrefix of JetStream's API, with its trailing dot
 * @param domain the JetStream domain that acks of the stream name, empty for none, or null if it is not known
 */
public record TargetStream(
        String name,
        StreamConfiguration configuration,
        String apiPrefix,
        @Nullable String domain) {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final byte[] EMPTY = {};
    /** Two rewrites may fail before a marker expires. */
    private static final long REFRESHES_PER_AGE = 3;

    /** A stream whose domain is not known. */
    public TargetStream(String name, StreamConfiguration configuration, String apiPrefix) {
        this(name, configuration, apiPrefix, null);
    }

    /**
     * Looks the stream up.
     *
     * @param subjects filters that together cover all subjects that records can have; they find the stream if {@code
     *     jetstream.stream} is not set
     * @return null if the subjects match several streams
     * @throws NoStreamException if the stream does not exist
     * @throws IOException if the server does not reply, for example because of permissions
     */
    public static @Nullable TargetStream find(Connection connection, JetStreamSettings settings, List<String> subjects)
            throws IOException {
        try {
            String name = settings.stream();
            if (name == null) {
                Set<String> names = new HashSet<>();
                for (String filter : subjects) {
                    names.addAll(namesOf(connection, options(settings).getPrefix(), filter));
                }
                if (names.isEmpty()) {
                    throw new NoStreamException(null, subjects);
                }
                if (names.size() > 1) {
                    return null;
                }
                name = names.iterator().next();
            }
            return lookUp(connection, options(settings).getPrefix(), name);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == JetStreamErrorException.STREAM_NOT_FOUND) {
                throw new NoStreamException(settings.stream(), subjects);
            }
            throw failed(e);
        }
    }

    /** Returns the first streams that capture any subject of the filter. More than one is too many. */
    private static List<String> namesOf(Connection connection, String apiPrefix, String filter)
            throws IOException, JetStreamApiException {
        byte[] request = ("{\"subject\":\"" + Encoding.jsonEncode(filter) + "\"}").getBytes(StandardCharsets.UTF_8);
        StreamNames reply =
                new StreamNames(await(connection, apiPrefix + NatsJetStreamConstants.JSAPI_STREAM_NAMES, request));
        return reply.throwOnHasError().names();
    }

    private static final class StreamNames extends ApiResponse<StreamNames> {
        StreamNames(Message reply) {
            super(reply);
        }

        List<String> names() {
            return JsonValueUtils.readStringList(getJv(), "streams");
        }
    }

    private static Message await(Connection connection, String api, byte[] request) throws CodedException {
        try {
            return ApiRequest.send(connection, api, request, TIMEOUT).join();
        } catch (CompletionException | IllegalStateException e) {
            throw new CodedException(
                    ErrorCode.NO_ANSWER, "Timeout or no response waiting for NATS JetStream server", e);
        }
    }

    /**
     * Returns whether a stream exists.
     *
     * @throws JetStreamApiException if the server refuses to answer
     */
    static boolean exists(Connection connection, JetStreamSettings settings, String name)
            throws IOException, JetStreamApiException {
        try {
            lookUp(connection, options(settings).getPrefix(), name);
            return true;
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == JetStreamErrorException.STREAM_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** Looks up a stream that the server has named. */
    public static TargetStream named(Connection connection, JetStreamSettings settings, String name)
            throws IOException {
        try {
            return lookUp(connection, options(settings).getPrefix(), name);
        } catch (JetStreamApiException e) {
            throw failed(e);
        }
    }

    /** Returns the failure of a request to which jnats has received no reply. */
    static CodedException unanswered(IOException cause) {
        return new CodedException(ErrorCode.NO_ANSWER, String.valueOf(cause.getMessage()), cause);
    }

    private static TargetStream lookUp(Connection connection, String apiPrefix, String name)
            throws IOException, JetStreamApiException {
        StreamInfo info = new StreamInfo(await(connection, infoSubject(apiPrefix, name), EMPTY)).throwOnHasError();
        return new TargetStream(name, info.getConfiguration(), apiPrefix, domain(info));
    }

    /**
     * Looks the stream up once more, without waiting.
     *
     * @param ahead time that messages queued before the request need
     * @return fails with an {@link IOException} if the server does not reply in some seconds, or the stream was deleted
     * @throws IllegalStateException if the connection accepts no request at the moment, or is closed
     */
    public CompletableFuture<TargetStream> lookUpAgain(Connection connection, Duration ahead) {
        Duration timeout = TIMEOUT.plus(ahead);
        return ApiRequest.send(connection, infoSubject(), null, timeout).handle((answer, failure) -> {
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
            throw new CodedException(
                    ErrorCode.NO_ANSWER, "the stream cannot be looked up: no answer from JetStream", failure);
        }
        try {
            return new StreamInfo(answer).throwOnHasError().getConfiguration();
        } catch (JetStreamApiException e) {
            throw failed(e);
        }
    }

    private static IOException failed(JetStreamApiException cause) {
        return new IOException("the stream cannot be looked up: " + cause.getErrorDescription(), cause);
    }

    /** Subject of the API that returns the stream's configuration and state. */
    public String infoSubject() {
        return infoSubject(apiPrefix, name);
    }

    private static String infoSubject(String apiPrefix, String name) {
        return apiPrefix + String.format(NatsJetStreamConstants.JSAPI_STREAM_INFO, name);
    }

    /** STREAM.INFO names the domain as acks do (nats-server 2.9 to 2.15); jnats does not read it. */
    private static String domain(StreamInfo info) {
        String domain = JsonValueUtils.readString(info.getJv(), "domain");
        return domain == null ? "" : domain;
    }

    /** Subject of the API that returns a message of the stream. */
    public String messageGetSubject() {
        return apiPrefix + String.format(NatsJetStreamConstants.JSAPI_MSG_GET, name);
    }

    /** Returns JetStream's API for this stream over another connection with the same settings. */
    public JetStreamManagement management(Connection connection, JetStreamSettings settings) throws IOException {
        return connection.jetStreamManagement(options(settings));
    }

    public static JetStreamOptions options(JetStreamSettings settings) {
        JetStreamOptions.Builder options =
                JetStreamOptions.builder().requestTimeout(TIMEOUT).domain(settings.domain());
        if (settings.apiPrefix() != null) {
            options.prefix(settings.apiPrefix());
        }
        return options.build();
    }

    public boolean isUnreplicated() {
        return configuration.getReplicas() <= 1;
    }

    public boolean allowsTtl() {
        return configuration.isAllowMessageTtl();
    }

    /** Returns the size of the largest message with its headers, or -1 if the stream has no limit. */
    public long maxMessageSize() {
        return configuration.getMaximumMessageSize();
    }

    /** Returns the age in nanoseconds at which an unchanged marker has to be written again, or 0 if markers do not expire. */
    public long markerRefreshNanos() {
        return allowsTtl() ? 0 : configuration.getMaxAge().toNanos() / REFRESHES_PER_AGE;
    }

    /** Returns whether the stream lists this subject, or every subject of this filter. */
    public boolean captures(String subject) {
        return configuration.getSubjects().stream().anyMatch(filter -> SubjectFilter.covers(filter, subject));
    }

    /** Returns whether the stream lists any subject of these filters. */
    public boolean capturesAny(List<String> filters) {
        return configuration.getSubjects().stream()
                .anyMatch(listed -> filters.stream().anyMatch(filter -> SubjectFilter.overlaps(listed, filter)));
    }
}
