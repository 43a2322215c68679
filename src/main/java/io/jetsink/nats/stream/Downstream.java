package io.jetsink.nats.stream;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.message.SubjectFilter;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.api.SourceBase;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValueUtils;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds streams that source or mirror a stream with rollups and do not allow rollups. Servers before 2.14 refuse to copy a rollup
 * into such a stream (nats-server #8040).
 */
public final class Downstream {
    /** End of the request's subject. Users of the connector need no permission to publish there (ADR 0033). */
    public static final String LIST = "STREAM.LIST";

    private static final String FIXED = "2.14.0";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private Downstream() {}

    /**
     * Messages with {@code Nats-Rollup}.
     *
     * @param stream the stream that stores them
     * @param subjects a filter for their subjects
     * @param cause the setting because of which the connector publishes them
     */
    public record Rollups(String stream, String subjects, String cause) {}

    /**
     * Lists the first 256 streams of the account.
     *
     * @return a line for each stream that does not copy the rollups; empty without a reply within a second
     */
    public static List<String> risks(Connection connection, JetStreamSettings settings, List<Rollups> published)
            throws InterruptedException {
        if (published.isEmpty() || connection.getServerInfo().isSameOrNewerThanVersion(FIXED)) {
            return List.of();
        }
        String server = "nats-server " + connection.getServerInfo().getVersion();
        try {
            Message answer = connection.request(TargetStream.options(settings).getPrefix() + LIST, null, TIMEOUT);
            if (answer == null || answer.isStatusMessage()) {
                return List.of();
            }
            return JsonValueUtils.readArray(JsonParser.parse(answer.getData()), "streams").stream()
                    .map(stream -> new StreamInfo(stream).getConfiguration())
                    .filter(reader -> !reader.getAllowRollup())
                    .flatMap(reader -> published.stream()
                            .filter(rollups -> copies(reader, rollups))
                            .limit(1)
                            .map(rollups -> risk(reader, rollups, server)))
                    .toList();
        } catch (JsonParseException | IllegalStateException unanswered) {
            return List.of();
        }
    }

    private static boolean copies(StreamConfiguration reader, Rollups rollups) {
        return Stream.concat(Stream.ofNullable(reader.getMirror()), reader.getSources().stream())
                // An external stream of the same name is in another account or domain.
                .filter(from -> from.getName().equals(rollups.stream()) && from.getExternal() == null)
                .flatMap(Downstream::filters)
                .anyMatch(filter -> SubjectFilter.overlaps(filter, rollups.subjects()));
    }

    private static Stream<String> filters(SourceBase from) {
        return from.getSubjectTransforms() == null
                ? Stream.of(filter(from.getFilterSubject()))
                : from.getSubjectTransforms().stream().map(transform -> filter(transform.getSource()));
    }

    private static String filter(@Nullable String given) {
        return given == null || given.isEmpty() ? ">" : given;
    }

    private static String risk(StreamConfiguration reader, Rollups rollups, String server) {
        boolean mirrors = reader.getMirror() != null;
        return "stream " + reader.getName() + (mirrors ? " mirrors " : " sources ") + rollups.stream()
                + " and does not allow rollups, which " + rollups.cause() + " publishes, so " + server
                + (mirrors ? " skips each of them: " : " stops copying at the first one: ")
                + (reader.getDenyPurge()
                        ? "create it again without deny_purge and with --allow-rollup"
                        : "run nats stream edit " + reader.getName() + " --allow-rollup")
                + ", or upgrade to nats-server 2.14 or later";
    }
}
