package io.jetsink.translate.subject;

import io.jetsink.config.SubjectSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Parses a template. Errors name the position and the allowed text. */
final class TemplateParser {
    private static final String VARIABLES = "Allowed are the variables ${topic}, ${topic:token}, ${partition}, ${key},"
            + " ${key.field.path}, ${value.field.path}, ${header.name} and ${timestamp:pattern}, each with a default as"
            + " in ${key:-none}, and between them ";

    private static final String DEFAULT = ":-";
    private static final String HEADER = "header.";
    private static final String TIMESTAMP = "timestamp:";

    private final String key;
    private final String where;
    private final String text;
    private final int first;
    private final SubjectRules rules;

    /**
     * @param key the configuration key of the template
     * @param where the entry of the key, for errors; empty if the key has a single template
     * @param text the text in errors, which ends with the template
     * @param first the index of the template in the text
     */
    TemplateParser(String key, String where, String text, int first, SubjectRules rules) {
        this.key = key;
        this.where = where;
        this.text = text;
        this.first = first;
        this.rules = rules;
    }

    /** @throws ConfigException naming {@code subject}, if the template is invalid or always exceeds the limits */
    static SubjectTemplate parse(String text, SubjectRules rules) {
        return new TemplateParser(SubjectSettings.TEMPLATE_CONFIG, "", text, 0, rules).parse();
    }

    /** @throws ConfigException naming the key */
    SubjectTemplate parse() {
        if (first == text.length()) {
            throw invalid(first, "the template is empty");
        }
        requireUnreserved(first);
        List<Segment> segments = new ArrayList<>();
        int at = first;
        while (at < text.length()) {
            int end;
            if (text.startsWith("${", at)) {
                end = text.indexOf('}', at) + 1;
                if (end == 0) {
                    throw invalid(at, "'${' without a closing '}'");
                }
                segments.add(variable(at, end));
            } else {
                int variable = text.indexOf("${", at);
                end = variable < 0 ? text.length() : variable;
                segments.add(literal(at, end));
            }
            at = end;
        }
        checkSize(segments);
        return new SubjectTemplate(key, segments);
    }

    private Segment literal(int start, int end) {
        checkText(start, end, first, text.length());
        return new Segment.Literal(text.substring(start, end));
    }

    /** Checks each character. A dot at {@code low} or before {@code high} has no token next to it; variables are never empty. */
    private void checkText(int start, int end, int low, int high) {
        for (int at = start; at < end; at++) {
            String problem = rules.problem(text.charAt(at));
            if (problem != null) {
                throw invalid(at, problem);
            }
            if (text.charAt(at) == '.' && (at == low || at == high - 1 || text.charAt(at - 1) == '.')) {
                throw invalid(at, "a dot that leaves an empty token");
            }
        }
    }

    private void requireUnreserved(int at) {
        String reserved = text.startsWith("${", at) ? null : rules.reserved(text, at);
        if (reserved != null) {
            throw invalid(at, "it begins with " + reserved + ", which NATS reserves");
        }
    }

    private Segment variable(int start, int end) {
        String inside = text.substring(start + 2, end - 1);
        int split = inside.indexOf(DEFAULT);
        String name = split < 0 ? inside : inside.substring(0, split);
        String fallback = split < 0 ? null : fallback(start, start + 2 + split + DEFAULT.length(), end - 1);
        return switch (name) {
            case "topic" -> new Segment.Topic(new Variable(name, "topic", fallback), false);
            case "topic:token" -> new Segment.Topic(new Variable(name, "topic", fallback), true);
            case "partition" -> new Segment.Partition(new Variable(name, "partition", fallback));
            case "key" -> new Segment.Key(new Variable(name, "key", fallback));
            default -> variable(start, name, fallback);
        };
    }

    private Segment variable(int start, String name, @Nullable String fallback) {
        if (name.startsWith("key.") || name.startsWith("value.")) {
            return field(start, name, fallback);
        }
        if (name.startsWith(HEADER) && name.length() > HEADER.length()) {
            String header = name.substring(HEADER.length());
            return new Segment.OfHeader(new Variable(name, "header " + header, fallback), header);
        }
        if (name.startsWith(TIMESTAMP)) {
            try {
                return TimestampSegment.of(
                        new Variable(name, "timestamp", fallback), name.substring(TIMESTAMP.length()));
            } catch (IllegalArgumentException e) {
                throw invalid(start, "an invalid timestamp pattern: " + e.getMessage());
            }
        }
        throw invalid(start, "unknown variable '" + name + "'");
    }

    private Segment field(int start, String name, @Nullable String fallback) {
        int dot = name.indexOf('.');
        String root = name.substring(0, dot);
        String path = name.substring(dot + 1);
        List<String> names = List.of(path.split("\\.", -1));
        if (names.contains("")) {
            throw invalid(start, "an empty name in the path of '" + name + "'");
        }
        return new FieldSegment(new Variable(name, root + " at " + path, fallback), root.equals("key"), names);
    }

    private String fallback(int variable, int start, int end) {
        if (start == end) {
            throw invalid(variable, "an empty default");
        }
        checkText(start, end, start, end);
        if (variable == first) {
            requireUnreserved(start);
        }
        return text.substring(start, end);
    }

    private void checkSize(List<Segment> segments) {
        int bytes = rules.prefix().length();
        int tokens = 1 + SubjectRules.dots(rules.prefix());
        for (Segment segment : segments) {
            bytes += segment.filter().length();
            tokens += SubjectRules.dots(segment.filter());
        }
        if (bytes > SubjectRules.MAX_BYTES || tokens > SubjectRules.MAX_TOKENS) {
            throw SubjectRules.invalid(
                    key,
                    text,
                    where + "every subject would have at least " + bytes + " bytes and " + tokens + " tokens, and "
                            + SubjectRules.MAX_BYTES + " and " + SubjectRules.MAX_TOKENS + " are allowed");
        }
    }

    private ConfigException invalid(int at, String problem) {
        return SubjectRules.invalid(
                key,
                text,
                where + "at position " + (at + 1) + ": " + problem + ". " + VARIABLES + rules.allowed() + ".");
    }
}
