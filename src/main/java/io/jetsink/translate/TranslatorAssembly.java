package io.jetsink.translate;

import io.jetsink.config.HeaderSettings;
import io.jetsink.config.MessageSettings;
import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.PayloadSettings;
import io.jetsink.config.PluginSettings;
import io.jetsink.config.SubjectSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.spi.SubjectMapper;
import io.jetsink.translate.subject.SubjectRules;
import io.jetsink.translate.subject.SubjectTemplates;
import io.nats.client.support.NatsJetStreamConstants;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the configured parts of a translator: built-in classes, or plug-ins behind a guard. Closes the parts. */
final class TranslatorAssembly implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TranslatorAssembly.class);

    private final String connector;
    private final List<AutoCloseable> closeables = new ArrayList<>();

    /** @param connector its name, for log lines */
    TranslatorAssembly(String connector) {
        this.connector = connector;
    }

    SubjectMapper subjects(SubjectSettings settings) {
        PluginSettings chosen = settings.mapper();
        return chosen.builtIn()
                ? SubjectTemplates.mapper(settings)
                : new GuardedSubjectMapper(
                        chosen.key(), plugin(chosen, SubjectMapper.class), SubjectRules.of(settings.bucket()));
    }

    /** Returns the mappers of all headers that depend on the record. */
    BiConsumer<SinkRecord, MessageHeaders> headers(HeaderSettings settings, PayloadSettings payload) {
        PluginSettings chosen = settings.mapper();
        List<BiConsumer<SinkRecord, MessageHeaders>> mappers = new ArrayList<>(
                chosen.builtIn()
                        ? StandardHeaders.of(settings)
                        : List.of(PluginGuard.headers(chosen.key(), plugin(chosen, HeaderMapper.class))));
        if (payload.encoder().name().equals(PayloadSettings.CLOUDEVENTS)) {
            mappers.add(CloudEventsEncoder.ofTombstones(payload.cloudEvents()));
        }
        return inTurn(mappers);
    }

    /** Returns the function that returns why a record is skipped; null if it is not. */
    Function<SinkRecord, @Nullable ErrorCode> skips(MessageSettings settings, @Nullable LoopGuard guard) {
        boolean skipsTombstones = settings.tombstones() == TombstonePolicy.SKIP;
        return record -> {
            if (guard != null && guard.test(record)) {
                return ErrorCode.LOOP_SKIPPED;
            }
            return skipsTombstones && record.value() == null ? ErrorCode.TOMBSTONE_SKIPPED : null;
        };
    }

    /** Returns the headers of the connector. They are added last, so that no record and no plug-in can replace them. */
    BiConsumer<SinkRecord, HeaderBlock> commands(
            MessageSettings settings, String connector, @Nullable LoopGuard guard) {
        List<BiConsumer<SinkRecord, HeaderBlock>> commands = new ArrayList<>();
        @Nullable MessageIdStrategy ids = ids(settings, connector);
        if (ids != null) {
            commands.add((record, headers) -> {
                @Nullable String id = ids.messageIdFor(record);
                if (id != null && !id.isEmpty()) {
                    headers.command(NatsJetStreamConstants.MSG_ID_HDR, id);
                }
            });
        }
        if (settings.usesTtl()) {
            commands.add(new MessageTtl(settings));
        }
        if (guard != null) {
            commands.add(guard::mark);
        }
        return inTurn(commands);
    }

    /** Returns the function that completes the headers of a message without a payload. */
    Consumer<HeaderBlock> tombstones(TombstonePolicy policy) {
        return switch (policy) {
            case PUBLISH -> headers -> headers.command("Kafka-Tombstone", "true");
            case DELETE -> headers -> headers.command(NatsJetStreamConstants.KV_OPERATION_HEADER_KEY, "DEL");
            case PURGE ->
                headers -> {
                    headers.command(NatsJetStreamConstants.KV_OPERATION_HEADER_KEY, "PURGE");
                    headers.command(NatsJetStreamConstants.ROLLUP_HDR, NatsJetStreamConstants.ROLLUP_HDR_SUBJECT);
                };
            case SKIP ->
                headers -> {
                    throw new IllegalStateException("the record was not skipped");
                };
            case REJECT ->
                headers -> {
                    throw new RejectedRecordException(
                            ErrorCode.TOMBSTONE,
                            "The record has no value, and tombstones is reject: set"
                                    + " tombstones to publish or skip.");
                };
        };
    }

    PayloadEncoder encoder(PayloadSettings settings) {
        PluginSettings chosen = settings.encoder();
        if (!chosen.builtIn()) {
            return PluginGuard.payload(chosen.key(), plugin(chosen, PayloadEncoder.class));
        }
        return switch (chosen.name()) {
            case PayloadSettings.AUTO -> new PlainPayloadEncoder(() -> new JsonPayloadEncoder(settings));
            case PayloadSettings.RAW -> new PlainPayloadEncoder(() -> PlainPayloadEncoder::refuse);
            case PayloadSettings.JSON -> new JsonPayloadEncoder(settings);
            case PayloadSettings.CONVERTER ->
                closing(new ConverterPayloadEncoder(Objects.requireNonNull(settings.converter())));
            case PayloadSettings.CLOUDEVENTS -> new CloudEventsEncoder(settings);
            default -> throw new IllegalStateException("no encoder " + chosen.name());
        };
    }

    /** Returns null if messages have no id header: {@code none}, and {@code subject}, which needs no header. */
    private @Nullable MessageIdStrategy ids(MessageSettings settings, String connector) {
        PluginSettings chosen = settings.id();
        if (!chosen.builtIn()) {
            return PluginGuard.ids(chosen.key(), plugin(chosen, MessageIdStrategy.class));
        }
        String prefix = settings.idPrefix();
        return switch (chosen.name()) {
            case MessageSettings.NONE, MessageSettings.SUBJECT -> null;
            case MessageSettings.COORDINATES -> new CoordinatesMessageId(prefix == null ? connector : prefix);
            default -> new HeaderMessageId(chosen.name().substring(MessageSettings.HEADER.length()));
        };
    }

    private static <H> BiConsumer<SinkRecord, H> inTurn(List<BiConsumer<SinkRecord, H>> steps) {
        return steps.stream().reduce(BiConsumer::andThen).orElse((record, headers) -> {});
    }

    private <T extends AutoCloseable> T plugin(PluginSettings chosen, Class<T> type) {
        return closing(chosen.create(type));
    }

    private <T extends AutoCloseable> T closing(T part) {
        closeables.add(part);
        return part;
    }

    @Override
    public void close() {
        for (AutoCloseable part : closeables) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn(
                        "{} {}: {} could not be closed and may leak resources: correct this class",
                        ErrorCode.CLASS_NOT_CLOSED,
                        connector,
                        part.getClass().getName(),
                        e);
            }
        }
        closeables.clear();
    }
}
