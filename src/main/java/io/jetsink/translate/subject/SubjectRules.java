package io.jetsink.translate.subject;

import io.jetsink.message.SubjectFilter;
import io.jetsink.nats.stream.KvBucket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every subject has to be, whoever made it. For a key-value bucket that is a key behind the bucket's own prefix, and
 * what is said here of subjects holds for keys.
 */
public final class SubjectRules {
    /** The server's control line ends at 4096 bytes by default: this leaves room for the reply subject and the sizes. */
    static final int MAX_BYTES = 1024;

    static final int MAX_TOKENS = 32;

    private static final String EVERYTHING = ">";

    /** Server interfaces, inboxes, replies to service imports, replies through gateways. */
    private static final SubjectRules OF_STREAMS = new SubjectRules("", List.of("$", "_INBOX", "_R_", "_GR_"));

    /** Clients keep keys of this name for themselves (ADR-8). */
    private static final List<String> RESERVED_KEYS = List.of("_kv");

    private final String prefix;
    private final List<String> reserved;
    private final boolean keys;

    private SubjectRules(String prefix, List<String> reserved) {
        this.prefix = prefix;
        this.reserved = reserved;
        this.keys = !prefix.isEmpty();
    }

    /** @param bucket the key-value bucket that is written to; null: a stream */
    public static SubjectRules of(@Nullable String bucket) {
        return bucket == null ? OF_STREAMS : new SubjectRules(KvBucket.prefix(bucket), RESERVED_KEYS);
    }

    /** What comes before each key; empty for streams. */
    public String prefix() {
        return prefix;
    }

    /** What begins an encoded byte: keys may not hold a percent sign. */
    char escape() {
        return keys ? '=' : '%';
    }

    /** The reserved name that the text begins with at this index, or null for none. */
    @Nullable
    String reserved(String text, int from) {
        for (String name : reserved) {
            if (text.startsWith(name, from)) {
                return name;
            }
        }
        return null;
    }

    /** What is wrong with a character in the text of a template; null: nothing is. */
    @Nullable
    public String problem(char c) {
        if (c <= ' ' || c > '~') {
            return String.format("a blank, control or non-ASCII character (U+%04X)", (int) c);
        }
        return (keys ? isOfKeys(c) : "*>${}".indexOf(c) < 0) ? null : "a '" + c + "'";
    }

    /** Completes "Allowed are …" with the text of a template. */
    String allowed() {
        return (keys
                        ? "letters, digits, '-', '_', '=' and '/'"
                        : "printable ASCII without blanks, '*', '>', '$', '{' and '}'")
                + ", in tokens parted by single dots";
    }

    /** Completes "the subject …" with what is wrong; null: nothing is. */
    @Nullable
    public String problem(@Nullable String subject) {
        if (subject == null || subject.isEmpty()) {
            return "is missing";
        }
        if (prefix.length() + subject.length() > MAX_BYTES) {
            return "is longer than " + (MAX_BYTES - prefix.length()) + " bytes";
        }
        String name = reserved(subject, 0);
        if (name != null) {
            return "begins with " + name + ", which NATS keeps for itself";
        }
        for (int at = 0; at < subject.length(); at++) {
            char c = subject.charAt(at);
            if (c <= ' ' || c > '~') {
                return "holds a blank, a control or a non-ASCII character";
            }
            if (c == '*' || c == '>') {
                return "holds a wildcard";
            }
            if (keys && !isOfKeys(c)) {
                return "is a key with a '" + c + "'";
            }
        }
        if (hasEmptyToken(subject)) {
            return "has an empty token";
        }
        int tokens = 1 + dots(prefix) + dots(subject);
        return tokens > MAX_TOKENS ? "has more than " + (MAX_TOKENS - dots(prefix)) + " tokens" : null;
    }

    /** Filters as of subscriptions, for the connector's use: of a bucket, all of its keys. */
    public List<String> filters(List<String> filters) {
        return keys ? List.of(prefix + EVERYTHING) : withoutCovered(filters);
    }

    private static List<String> withoutCovered(List<String> filters) {
        List<String> left = new ArrayList<>();
        for (String filter : filters) {
            if (left.stream().noneMatch(other -> SubjectFilter.covers(other, filter))) {
                left.removeIf(other -> SubjectFilter.covers(filter, other));
                left.add(filter);
            }
        }
        return List.copyOf(left);
    }

    static boolean hasEmptyToken(String subject) {
        return subject.startsWith(".") || subject.endsWith(".") || subject.contains("..");
    }

    static int dots(String text) {
        return (int) text.chars().filter(c -> c == '.').count();
    }

    private static boolean isOfKeys(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-_=/.".indexOf(c) >= 0;
    }
}
