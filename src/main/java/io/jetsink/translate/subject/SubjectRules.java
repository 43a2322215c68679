package io.jetsink.translate.subject;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.SubjectFilter;
import io.jetsink.nats.stream.KvBucket;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The rules for each subject, of a template or of a plug-in. With a key-value bucket, the rules apply to keys: the subject is
 * the prefix of the bucket followed by the key.
 */
public final class SubjectRules {
    /** The server's control line has 4096 bytes by default. The rest is for the reply subject and the sizes. */
    static final int MAX_BYTES = 1024;

    static final int MAX_TOKENS = 32;

    private static final String EVERYTHING = ">";

    /** The beginnings of subjects of the server, of inboxes, and of replies to service imports and through gateways. */
    private static final SubjectRules OF_STREAMS = new SubjectRules("", List.of("$", "_INBOX", "_R_", "_GR_"));

    /** The beginning of keys that NATS clients reserve (ADR-8 of NATS). */
    private static final List<String> RESERVED_KEYS = List.of("_kv");

    private final String prefix;
    private final List<String> reserved;
    private final boolean keys;

    private SubjectRules(String prefix, List<String> reserved) {
        this.prefix = prefix;
        this.reserved = reserved;
        this.keys = !prefix.isEmpty();
    }

    /** @param bucket the name of the key-value bucket, or null if the target is a stream */
    public static SubjectRules of(@Nullable String bucket) {
        return bucket == null ? OF_STREAMS : new SubjectRules(KvBucket.prefix(bucket), RESERVED_KEYS);
    }

    /** Returns the text before each key of a bucket. The prefix of streams is empty. */
    public String prefix() {
        return prefix;
    }

    /** Returns the first character of an encoded byte. Keys must not contain a percent sign. */
    char escape() {
        return keys ? '=' : '%';
    }

    /** Returns the reserved name at an index of a text, or null if there is none. */
    @Nullable
    String reserved(String text, int from) {
        for (String name : reserved) {
            if (text.startsWith(name, from)) {
                return name;
            }
        }
        return null;
    }

    /** Returns the problem of a character in the text of a template, or null if there is none. */
    @Nullable
    String problem(char c) {
        if (c <= ' ' || c > '~') {
            return String.format("a blank, control or non-ASCII character (U+%04X)", (int) c);
        }
        return (keys ? isKeyCharacter(c) : "*>${}".indexOf(c) < 0) ? null : "a '" + c + "'";
    }

    /** Returns the characters that the text of a template may contain. */
    String allowed() {
        return (keys
                        ? "letters, digits, '-', '_', '=' and '/'"
                        : "printable ASCII without blanks, '*', '>', '$', '{' and '}'")
                + ", in tokens separated by single dots";
    }

    /** Returns the problem of a subject, which completes "the subject …", or null if there is none. */
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
            return "begins with " + name + ", which NATS reserves";
        }
        for (int at = 0; at < subject.length(); at++) {
            char c = subject.charAt(at);
            if (c <= ' ' || c > '~') {
                return "contains a blank, control or non-ASCII character";
            }
            if (c == '*' || c == '>') {
                return "contains a wildcard";
            }
            if (keys && !isKeyCharacter(c)) {
                return "is a bucket key with a '" + c + "'";
            }
        }
        if (hasEmptyToken(subject)) {
            return "has an empty token";
        }
        int tokens = 1 + dots(prefix) + dots(subject);
        return tokens > MAX_TOKENS ? "has more than " + (MAX_TOKENS - dots(prefix)) + " tokens" : null;
    }

    /** Returns these subject filters without those that others cover. The filter of a bucket covers all its keys. */
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

    private static boolean isKeyCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-_=/.".indexOf(c) >= 0;
    }

    /** Returns the error of a value that is no template. */
    static ConfigException invalid(String key, String value, String problem) {
        return new ConfigException(
                ErrorCode.INVALID_VALUE.text("Invalid value " + value + " for configuration " + key + ": " + problem));
    }
}
