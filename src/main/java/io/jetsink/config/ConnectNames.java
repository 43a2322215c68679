package io.jetsink.config;

import io.jetsink.message.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The keys of Connect and of its clients, of Connect 3.6 to 4.4. Connect ignores unknown keys, so a misspelled
 * {@code errors.tolerance} would be noticed only at the first bad record.
 */
final class ConnectNames {
    private static final int NEAR = 2;

    private static final Set<String> KEYS = Set.of(
            "name",
            "connector.class",
            "connector.plugin.version",
            "tasks.max",
            "tasks.max.enforce",
            "topics",
            "topics.regex",
            "key.converter",
            "value.converter",
            "header.converter",
            "transforms",
            "predicates",
            "config.action.reload",
            "errors.retry.timeout",
            "errors.retry.delay.max.ms",
            "errors.tolerance",
            "errors.log.enable",
            "errors.log.include.messages",
            "errors.deadletterqueue.topic.name",
            "errors.deadletterqueue.topic.replication.factor",
            "errors.deadletterqueue.context.headers.enable");

    /** Prefixes under which classes of others have keys, and future versions of Connect. */
    private static final List<String> OPEN = List.of(
            "key.converter",
            "value.converter",
            "header.converter",
            "transforms",
            "predicates",
            "config",
            "offsets.storage",
            "topic.creation");

    /** Prefixes whose misspelling is found. */
    private static final List<String> PREFIXES = List.of(
            "key.converter",
            "value.converter",
            "header.converter",
            "transforms",
            "predicates",
            "consumer.override",
            "producer.override",
            "admin.override");

    private ConnectNames() {}

    /** Returns whether a key is one of Connect's, or has a prefix under which any key is allowed. */
    static boolean has(String key) {
        return KEYS.contains(key) || OPEN.stream().anyMatch(root -> key.startsWith(root + "."));
    }

    /** Returns the key of Connect or of one of its clients that a key resembles, or null if it resembles none. */
    static @Nullable String similar(String key) {
        String compared = key.toLowerCase(Locale.ROOT);
        String whole = nearest(compared, KEYS, 4);
        if (whole != null) {
            return whole;
        }
        if (compared.contains(".")) {
            String longer = KEYS.stream()
                    .filter(name -> name.startsWith(compared + "."))
                    .min(Comparator.naturalOrder())
                    .orElse(null);
            if (longer != null) {
                return longer;
            }
        }
        for (String prefix : PREFIXES) {
            String head = head(compared, prefix);
            if (head != null && prefix.equals(nearest(head, List.of(prefix), 8))) {
                return under(prefix, compared.substring(head.length() + 1), key.startsWith(prefix + "."));
            }
        }
        return null;
    }

    /** @param exact whether the prefix is spelled correctly */
    private static @Nullable String under(String prefix, String rest, boolean exact) {
        Set<String> names = client(prefix);
        String near = names.contains(rest) ? null : nearest(rest, names, 4);
        return near != null ? prefix + "." + near : exact ? null : prefix + "." + rest;
    }

    private static Set<String> client(String prefix) {
        return switch (prefix) {
            case "consumer.override" -> ConsumerConfig.configNames();
            case "producer.override" -> ProducerConfig.configNames();
            case "admin.override" -> AdminClientConfig.configNames();
            default -> Set.of();
        };
    }

    /** Returns the first segments of a longer key, as many as the prefix has. */
    private static @Nullable String head(String key, String prefix) {
        int end = key.indexOf('.');
        if (end >= 0 && prefix.contains(".")) {
            end = key.indexOf('.', end + 1);
        }
        return end < 0 ? null : key.substring(0, end);
    }

    /** @param share of its length by which a name may differ: the shorter a name is, the more other words resemble it */
    private static @Nullable String nearest(String key, Collection<String> names, int share) {
        return names.stream()
                .filter(name -> EditDistance.between(key, name) <= Math.min(NEAR, name.length() / share))
                .min(Comparator.<String>comparingInt(name -> EditDistance.between(key, name))
                        .thenComparing(name -> name))
                .orElse(null);
    }
}
