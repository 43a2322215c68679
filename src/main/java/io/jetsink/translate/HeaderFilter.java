package io.jetsink.translate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which Kafka headers travel, by their names.
 *
 * <p>Threads: used by one thread.
 */
final class HeaderFilter {
    /** Topics have a handful of names. More than these, or longer ones, are made up by somebody, and not remembered. */
    static final int KEPT_NAMES = 1_000;

    private static final int KEPT_LENGTH = 256;

    private final List<HeaderNamePattern> include;
    private final List<HeaderNamePattern> exclude;
    private final Map<String, Boolean> known = new HashMap<>();

    HeaderFilter(List<String> include, List<String> exclude) {
        this.include = include.stream().map(HeaderNamePattern::new).toList();
        this.exclude = exclude.stream().map(HeaderNamePattern::new).toList();
    }

    boolean travels(String name) {
        Boolean before = known.get(name);
        if (before != null) {
            return before;
        }
        boolean travels = matches(include, name) && !matches(exclude, name);
        if (name.length() <= KEPT_LENGTH && known.size() < KEPT_NAMES) {
            known.put(name, travels);
        }
        return travels;
    }

    /** How many names are remembered. */
    int known() {
        return known.size();
    }

    private static boolean matches(List<HeaderNamePattern> patterns, String name) {
        for (HeaderNamePattern pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return false;
    }
}
