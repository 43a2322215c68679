package io.jetsink.publish;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chunks that were or may have been stored for an object and that it does not consist of, from epoch to epoch: of attempts
 * that were interrupted, and of what was replaced. Thread-safe.
 */
final class Leftovers {
    /** Of objects that another task stores in the end, as their partitions were taken away. */
    private static final int MOST = 100;

    private final Map<String, List<String>> ids = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
            return size() > MOST;
        }
    };

    synchronized void begun(String object, String id) {
        ids.computeIfAbsent(object, fresh -> new ArrayList<>()).add(id);
    }

    /** Something else is stored in the place of these chunks; the empty string for none. */
    void replaced(String object, String id) {
        if (!id.isEmpty()) {
            begun(object, id);
        }
    }

    /** All but what the object consists of. */
    synchronized List<String> of(String object, String current) {
        return ids.getOrDefault(object, List.of()).stream()
                .filter(id -> !id.equals(current))
                .toList();
    }

    synchronized void forget(String object) {
        ids.remove(object);
    }
}
