package io.jetsink.tool.migrate;

import java.util.ArrayList;
import java.util.List;

/** Warnings of an import, in the order in which they arose. */
final class Notes {
    private final List<String> warnings = new ArrayList<>();
    private boolean complete = true;

    /** Adds what a user has to know or decide. */
    void warn(String place, String text) {
        warnings.add(place + ": " + text);
    }

    /** Adds the reason for which an entry has no connector. */
    void omit(String place, String text) {
        warn(place, "not imported: " + text);
        complete = false;
    }

    void unread(String place, ConfBlock block) {
        block.unread().forEach(key -> warn(place, key + " has no equivalent and is ignored"));
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    boolean isComplete() {
        return complete;
    }
}
