package io.jetsink.config;

import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The object store for payloads that are too large for a message.
 *
 * @param bucket name of the object store
 */
public record OversizeSettings(String bucket) {
    public static final String OVERSIZE_CONFIG = "oversize";
    public static final String BUCKET_CONFIG = "oversize.bucket";

    private enum Oversize {
        REJECT,
        OBJECT_STORE
    }

    static void define(ConfigDef def) {
        new KeyGroup(def, "Large records")
                .choice(OVERSIZE_CONFIG, Oversize.REJECT, Importance.MEDIUM, "Large records")
                .doc("Handling of records that are larger than max_payload of the server or max_msg_size of the "
                        + "stream. reject: the record is reported as an errant record. object-store: the payload is stored "
                        + "in an object store, and the message refers to it.")
                .text(BUCKET_CONFIG, null, NatsNames.bucket(), Importance.MEDIUM, "Object store")
                .doc("Bucket of the object store, which has to exist. Required with " + OVERSIZE_CONFIG
                        + "=object-store.");
    }

    static void check(ValidationContext context) {
        context.require(BUCKET_CONFIG, OVERSIZE_CONFIG, "object-store");
        context.refuseUnless(OVERSIZE_CONFIG, "object-store", List.of(BUCKET_CONFIG));
    }

    static @Nullable OversizeSettings from(AbstractConfig config) {
        return EnumValues.parse(Oversize.class, config.getString(OVERSIZE_CONFIG)) == Oversize.OBJECT_STORE
                ? new OversizeSettings(config.getString(BUCKET_CONFIG))
                : null;
    }
}
