package io.jetsink.translate;

import io.jetsink.config.HeaderSettings;
import io.jetsink.config.MessageSettings;
import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.config.PayloadSettings;
import io.jetsink.config.PluginSettings;
import io.jetsink.config.SubjectSettings;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.spi.SubjectMapper;
import io.jetsink.translate.subject.SubjectRoutes;
import io.jetsink.translate.subject.SubjectRules;
import io.jetsink.translate.subject.TemplateSubjectMapper;
import io.jetsink.translate.text.HeaderEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What translates records, as it was chosen: built in, or of the user's own and then guarded. Closes the latter. */
final class TranslatorAssembly implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TranslatorAssembly.class);

    private final List<AutoCloseable> plugged = new ArrayList<>();

    SubjectMapper subjects(SubjectSettings settings) {
        PluginSettings chosen = settings.mapper();
        SubjectRules rules = SubjectRules.of(settings.bucket());
        if (chosen.builtIn()) {
            return new TemplateSubjectMapper(SubjectRoutes.parse(settings.template(), settings.routes(), rules), rules);
        }
        return new GuardedSubjectMapper(chosen.key(), plug(chosen, SubjectMapper.class), rules);
    }

    HeaderMapper headers(HeaderSettings settings, PayloadSettings payload) {
        PluginSettings chosen = settings.mapper();
        List<HeaderMapper> all = new ArrayList<>(
                chosen.builtIn()
                        ? StandardHeaders.of(settings)
                        : List.of(PluginGuard.headers(chosen.key(), plug(chosen, HeaderMapper.class))));
        if (payload.encoder().name().equals(PayloadSettings.CLOUDEVENTS)) {
            all.add(CloudEventsEncoder.ofTombstones(payload.cloudEvents()));
        }
        return CompositeHeaderMapper.inTurn(all);
    }

    /** @param origin null: nothing comes back */
    RecordFilter skips(MessageSettings settings, @Nullable LoopGuard origin) {
        List<RecordFilter> all = new ArrayList<>();
        if (origin != null) {
            all.add(origin);
        }
        if (settings.tombstones() == TombstonePolicy.SKIP) {
            all.add(record -> record.value() == null);
        }
        return RecordFilter.anyOf(all);
    }

    /**
     * What the connector itself says in headers.
     *
     * @param origin null: not where a message comes from
     */
    ConnectorHeaders commands(MessageSettings settings, String connector, @Nullable LoopGuard origin) {
        List<ConnectorHeaders> all = new ArrayList<>();
        for (MessageIdStrategy ids : ids(settings, connector)) {
            all.add((record, headers) -> {
                @Nullable String id = ids.messageIdFor(record);
                if (id != null && !id.isEmpty()) {
                    headers.command("Nats-Msg-Id", id);
                }
            });
        }
        if (settings.usesTtl()) {
            all.add(new MessageTtl(settings));
        }
        if (origin != null) {
            all.add(origin);
        }
        return ConnectorHeaders.inTurn(all);
    }

    PayloadEncoder encoder(PayloadSettings settings) {
        PluginSettings chosen = settings.encoder();
        if (!chosen.builtIn()) {
            return PluginGuard.payload(chosen.key(), plug(chosen, PayloadEncoder.class));
        }
        return switch (chosen.name()) {
            case PayloadSettings.AUTO ->
                new PlainPayloadEncoder(new LazyPayloadEncoder(() -> new JsonPayloadEncoder(settings)));
            case PayloadSettings.RAW -> new PlainPayloadEncoder(PlainPayloadEncoder::refuse);
            case PayloadSettings.JSON -> new JsonPayloadEncoder(settings);
            case PayloadSettings.CONVERTER ->
                closing(new ConverterPayloadEncoder(Objects.requireNonNull(settings.converter())));
            case PayloadSettings.CLOUDEVENTS -> new CloudEventsEncoder(settings);
            default -> throw new IllegalStateException("no encoder " + chosen.name());
        };
    }

    /**
     * Their ids are words of their own ({@link HeaderEncoding#word}). {@code none} is no strategy, nor is {@code subject}, which
     * needs no header.
     */
    private List<MessageIdStrategy> ids(MessageSettings settings, String connector) {
        PluginSettings chosen = settings.id();
        if (!chosen.builtIn()) {
            MessageIdStrategy own = PluginGuard.ids(chosen.key(), plug(chosen, MessageIdStrategy.class));
            return List.of(record -> {
                @Nullable String id = own.messageIdFor(record);
                return id == null ? null : HeaderEncoding.word(id);
            });
        }
        String prefix = settings.idPrefix();
        return switch (chosen.name()) {
            case MessageSettings.NONE, MessageSettings.SUBJECT -> List.of();
            case MessageSettings.COORDINATES -> List.of(new CoordinatesMessageId(prefix == null ? connector : prefix));
            default -> List.of(new HeaderMessageId(chosen.name().substring(MessageSettings.HEADER.length())));
        };
    }

    private <T extends AutoCloseable> T plug(PluginSettings chosen, Class<T> type) {
        return closing(chosen.create(type));
    }

    private <T extends AutoCloseable> T closing(T part) {
        plugged.add(part);
        return part;
    }

    @Override
    public void close() {
        for (AutoCloseable part : plugged) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} could not be closed", part.getClass().getName(), e);
            }
        }
        plugged.clear();
    }
}
