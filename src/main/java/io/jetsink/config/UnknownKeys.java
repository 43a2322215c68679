package io.jetsink.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys that were meant for this connector and are none of its keys. Kafka ignores what it does not know, and a
 * misspelt timeout or password would only show in production.
 */
final class UnknownKeys {
    private static final int NEAR = 2;
    private static final int MAX_SHOWN = 100;

    private static final Set<String> CONNECT_KEYS = Set.of(
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
            "config.action.reload");

    private static final List<String> CONNECT_PREFIXES = List.of(
            "key.converter.",
            "value.converter.",
            "header.converter.",
            "transforms.",
            "predicates.",
            "errors.",
            "offsets.storage.",
            "consumer.override.",
            "producer.override.",
            "admin.override.");

    /** Whatever lies here is ours, now or in a later version. */
    private static final List<String> ROOTS = List.of(
            "nats",
            "jetstream",
            "delivery",
            "publish",
            "exactly.once",
            "subject",
            "headers",
            "header.mapper",
            "payload",
            "message",
            "connection.customizer",
            "tombstones",
            "target",
            "kv",
            "oversize",
            "preflight");

    private final Set<String> known;
    private final List<String> open;

    /** @param open prefixes under which a plugged-in class has keys of its own */
    UnknownKeys(Set<String> known, List<String> open) {
        this.known = new TreeSet<>(known);
        this.open = List.copyOf(open);
    }

    /** What is wrong with a key of the configuration; null: nothing, or it is not ours to judge. */
    @Nullable
    String error(String key) {
        if (known.contains(key) || isConnects(key) || open.stream().anyMatch(key::startsWith)) {
            return null;
        }
        // a key is compared no further than any of ours can be long
        String compared = key.substring(0, Math.min(key.length(), MAX_SHOWN)).toLowerCase(Locale.ROOT);
        String nearest = known.stream()
                .min(Comparator.comparingInt(candidate -> EditDistance.between(compared, candidate)))
                .orElseThrow();
        boolean near = key.length() <= MAX_SHOWN && EditDistance.between(compared, nearest) <= NEAR;
        return near || isUnderRoot(compared)
                ? shown(key) + " is not a key of this connector; the nearest one is " + nearest
                : null;
    }

    private static boolean isConnects(String key) {
        return CONNECT_KEYS.contains(key) || CONNECT_PREFIXES.stream().anyMatch(key::startsWith);
    }

    private static boolean isUnderRoot(String key) {
        return ROOTS.stream().anyMatch(root -> key.equals(root) || key.startsWith(root + "."));
    }

    private static String shown(String key) {
        String cut = key.length() <= MAX_SHOWN ? key : key.substring(0, MAX_SHOWN) + "...";
        return cut.codePoints()
                .mapToObj(c -> ValueRule.isControl(c) ? "?" : Character.toString(c))
                .collect(Collectors.joining());
    }
}
