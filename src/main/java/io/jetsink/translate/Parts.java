package io.jetsink.translate;

import io.jetsink.config.HeaderSettings;
import io.jetsink.config.MessageSettings;
import io.jetsink.config.PayloadSettings;
import io.jetsink.config.PluginSettings;
import io.jetsink.config.SubjectSettings;
import io.jetsink.config.TranslationSettings;
import io.jetsink.publish.RejectedRecordException;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.spi.SubjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What translates records, as it was chosen: built in, or of the user's own and then guarded. Closes the latter. */
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private final List<AutoCloseable> plugged = new ArrayList<>();

    SubjectMapper subjects(SubjectSettings settings) {
        PluginSettings chosen = settings.mapper();
        SubjectRules rules = SubjectRules.of(settings.bucket());
        if (chosen.builtIn()) {
            return new TemplateSubjectMapper(SubjectRoutes.parse(settings.template(), settings.routes(), rules), rules);
        }
        return new GuardedSubjectMapper(chosen.key(), plug(chosen, SubjectMapper.class), rules);
    }

    /** All that goes into headers: the mapper's, and what the connector itself has to say. */
    HeaderMapper headers(TranslationSettings settings, String connector) {
        List<HeaderMapper> all = new ArrayList<>();
        HeaderSettings own = settings.headers();
        if (!own.mapper().builtIn()) {
            all.add(guarded(own.mapper(), plug(own.mapper(), HeaderMapper.class)));
        }
        return HeaderMappers.inTurn(all);
    }

    PayloadEncoder encoder(PayloadSettings settings) {
        PluginSettings chosen = settings.encoder();
        if (!chosen.builtIn()) {
            return guarded(chosen, plug(chosen, PayloadEncoder.class));
        }
        return switch (chosen.name()) {
            case PayloadSettings.AUTO -> new PlainPayloadEncoder(new JsonPayloadEncoder());
            case PayloadSettings.RAW -> new PlainPayloadEncoder(PlainPayloadEncoder::refuse);
            case PayloadSettings.JSON -> new JsonPayloadEncoder();
            default -> throw new IllegalStateException("no encoder " + chosen.name());
        };
    }

    /** Null-safe: {@code none} is no strategy. */
    List<MessageIdStrategy> ids(MessageSettings settings) {
        PluginSettings chosen = settings.id();
        return chosen.builtIn() ? List.of() : List.of(guarded(chosen, plug(chosen, MessageIdStrategy.class)));
    }

    private <T extends AutoCloseable> T plug(PluginSettings chosen, Class<T> type) {
        T part = chosen.create(type);
        plugged.add(part);
        return part;
    }

    private static HeaderMapper guarded(PluginSettings chosen, HeaderMapper own) {
        return (record, headers) -> {
            try {
                own.mapHeaders(record, headers);
            } catch (RuntimeException e) {
                throw verdict(chosen.key(), own, e);
            }
        };
    }

    private static PayloadEncoder guarded(PluginSettings chosen, PayloadEncoder own) {
        return (record, headers) -> {
            try {
                byte[] payload = own.encode(record, headers);
                if (payload == null) {
                    throw new DataException("no payload was made");
                }
                return payload;
            } catch (RuntimeException e) {
                throw verdict(chosen.key(), own, e);
            }
        };
    }

    private static MessageIdStrategy guarded(PluginSettings chosen, MessageIdStrategy own) {
        return record -> {
            try {
                return own.messageIdFor(record);
            } catch (RuntimeException e) {
                throw verdict(chosen.key(), own, e);
            }
        };
    }

    /** What an exception of a class of the user's means: a record to be brought again, or one that is rejected. */
    static RuntimeException verdict(String key, Object own, RuntimeException thrown) {
        if (thrown instanceof RetriableException || thrown instanceof RejectedRecordException) {
            return thrown;
        }
        return thrown instanceof DataException
                ? new RejectedRecordException(key + ": " + thrown.getMessage(), thrown)
                : new RejectedRecordException(
                        key + ": " + own.getClass().getName() + " threw "
                                + thrown.getClass().getName(),
                        thrown);
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
