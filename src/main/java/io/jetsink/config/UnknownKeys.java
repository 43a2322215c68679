package io.jetsink.config;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    /** Connect's keys, and its prefixes of keys. */
    private static final List<String> CONNECT_ROOTS = List.of(
            "name",
            "connector.class",
            "connector.plugin.version",
            "tasks.max",
            "topics",
            "key.converter",
            "value.converter",
            "header.converter",
            "transforms",
            "predicates",
            "config.action.reload",
            "errors",
            "offsets.storage",
            "consumer.override",
            "producer.override",
            "admin.override");

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
        if (known.contains(key) || isUnder(CONNECT_ROOTS, key) || open.stream().anyMatch(key::startsWith)) {
            return null;
        }
        // Comparing a key of any length would be slow. All keys of the connector are shorter than this.
        String compared = key.substring(0, Math.min(key.length(), MAX_SHOWN)).toLowerCase(Locale.ROOT);
        String nearest = known.stream()
                .min(Comparator.comparingInt(candidate -> distance(compared, candidate)))
                .orElseThrow();
        boolean near = key.length() <= MAX_SHOWN && distance(compared, nearest) <= NEAR;
        return near || isUnder(ROOTS, compared)
                ? shown(key) + " is not a key of this connector: remove it, or use the most similar key, " + nearest
                : null;
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

    /**
     * Returns the Damerau-Levenshtein distance: the number of insertions, deletions, replacements and swaps of neighbouring
     * characters that turn one text into the other.
     */
    static int distance(String a, String b) {
        // Row and column 0 are a border that no swap crosses.
        int[][] cost = new int[a.length() + 2][b.length() + 2];
        int unreachable = a.length() + b.length();
        cost[0][0] = unreachable;
        for (int i = 0; i <= a.length(); i++) {
            cost[i + 1][0] = unreachable;
            cost[i + 1][1] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j + 1] = unreachable;
            cost[1][j + 1] = j;
        }
        Map<Character, Integer> lastRowOf = new HashMap<>();
        for (int i = 1; i <= a.length(); i++) {
            int lastMatch = 0;
            for (int j = 1; j <= b.length(); j++) {
                int swapRow = lastRowOf.getOrDefault(b.charAt(j - 1), 0);
                int swapColumn = lastMatch;
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int replaced = cost[i][j] + (same ? 0 : 1);
                int inserted = cost[i + 1][j] + 1;
                int deleted = cost[i][j + 1] + 1;
                int swapped = cost[swapRow][swapColumn] + (i - swapRow - 1) + 1 + (j - swapColumn - 1);
                cost[i + 1][j + 1] = Math.min(Math.min(replaced, swapped), Math.min(inserted, deleted));
                if (same) {
                    lastMatch = j;
                }
            }
            lastRowOf.put(a.charAt(i - 1), i);
        }
        return cost[a.length() + 1][b.length() + 1];
    }
}
