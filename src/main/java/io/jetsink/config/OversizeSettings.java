package io.jetsink.config;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * Where payloads go that are too large for a message.
 *
 * @param bucket {@code oversize.bucket}: the object store's
 */
public record OversizeSettings(String bucket) {
    public static final String OVERSIZE_CONFIG = "oversize";
    public static final String BUCKET_CONFIG = "oversize.bucket";

    private static final EnumValues<Oversize> CHOICES = new EnumValues<>(Oversize.class);

    private enum Oversize {
        REJECT,
        OBJECT_STORE
    }

    static void define(ConfigDef def) {
        new KeyGroup(def, "Large records")
                .choice(
                        OVERSIZE_CONFIG,
                        CHOICES,
                        Oversize.REJECT,
                        Importance.MEDIUM,
                        "Large records",
                        "What becomes of a record that is larger than the server's max_payload or the stream's "
                                + "max_msg_size. reject: it goes Connect's way of errant records. object-store: the "
                                + "payload goes into an object store, and a message that points there into the stream.")
                .text(
                        BUCKET_CONFIG,
                        null,
                        NatsNames.bucket(),
                        Importance.MEDIUM,
                        "Object store",
                        "Bucket of the object store, for " + OVERSIZE_CONFIG + "=object-store. It has to exist.");
    }

    static void check(ValidationContext findings) {
        boolean stores = findings.value(OVERSIZE_CONFIG) instanceof String choice
                && CHOICES.parse(choice) == Oversize.OBJECT_STORE;
        if (stores && !findings.isGiven(BUCKET_CONFIG)) {
            findings.refuse(
                    BUCKET_CONFIG, BUCKET_CONFIG + " is missing: " + OVERSIZE_CONFIG + "=object-store needs it");
        }
        if (!stores && findings.isGiven(BUCKET_CONFIG)) {
            findings.refuse(
                    BUCKET_CONFIG, BUCKET_CONFIG + " has no effect without " + OVERSIZE_CONFIG + "=object-store");
        }
    }

    static @Nullable OversizeSettings from(AbstractConfig config) {
        return CHOICES.parse(config.getString(OVERSIZE_CONFIG)) == Oversize.OBJECT_STORE
                ? new OversizeSettings(config.getString(BUCKET_CONFIG))
                : null;
    }
}
