package io.jetsink.config;

import io.jetsink.message.EditDistance;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys that were meant for this connector and are none of its keys. Kafka ignores unknown keys, so a misspelled timeout
 * or password would be noticed only in production.
 */
final class UnknownKeys {
    private static final int NEAR = 2;
    private static final int MAX_SHOWN = 100;

    /** Prefixes that are reserved for this connector, now and in later versions. */
    static final List<String> ROOTS = List.of(
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
            "metrics",
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

    /** Returns the error for a key of the configuration; null if it is known or not meant for this connector. */
    @Nullable
    String error(String key) {
        if (known.contains(key) || ConnectNames.has(key) || open.stream().anyMatch(key::startsWith)) {
            return null;
        }
        // Comparing a key of any length would be slow. All keys of the connector are shorter than this.
        String compared = key.substring(0, Math.min(key.length(), MAX_SHOWN)).toLowerCase(Locale.ROOT);
        String nearest = nearest(compared);
        boolean isShort = key.length() <= MAX_SHOWN;
        boolean near = isShort && EditDistance.between(compared, nearest) <= NEAR;
        String similar = isShort && !near ? ConnectNames.similar(key) : null;
        if (similar != null) {
            return shown(key) + " is not a key of Connect: remove it, or use the most similar key, " + similar;
        }
        return near || isUnder(ROOTS, compared)
                ? shown(key) + " is not a key of this connector: remove it, or use the most similar key, " + nearest
                : null;
    }

    /** Prefers keys that continue the text, then keys with few differences, then keys that begin alike. */
    private String nearest(String text) {
        return known.stream()
                .min(Comparator.<String, Boolean>comparing(key -> !key.startsWith(text))
                        .thenComparingInt(key -> Math.min(EditDistance.between(text, key), NEAR + 1))
                        .thenComparingInt(key -> -commonPrefix(text, key))
                        .thenComparingInt(key -> EditDistance.between(text, key)))
                .orElseThrow();
    }

    private static int commonPrefix(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }

    private static boolean isUnder(List<String> roots, String key) {
        return roots.stream().anyMatch(root -> key.equals(root) || key.startsWith(root + "."));
    }

    private static String shown(String key) {
        String cut = key.length() <= MAX_SHOWN ? key : key.substring(0, MAX_SHOWN) + "...";
        return cut.codePoints()
                .mapToObj(c -> ValueRule.isControl(c) ? "?" : Character.toString(c))
                .collect(Collectors.joining());
    }
}
