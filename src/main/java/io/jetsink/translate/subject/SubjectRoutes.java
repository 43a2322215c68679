package io.jetsink.translate.subject;

import io.jetsink.config.SubjectSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the template of a topic: the template of the first route whose pattern matches the whole name, or else
 * {@code subject}. The result is remembered for each topic.
 *
 * <p>Used by one thread.
 */
final class SubjectRoutes {
    private static final String KEY = SubjectSettings.ROUTES_CONFIG;
    /** The longest topic name of Kafka. Transforms can create any number of longer names. */
    private static final int MAX_REMEMBERED_LENGTH = 249;

    private static final int MAX_REMEMBERED = 1000;

    private final List<Route> routes;
    private final SubjectTemplate others;
    /** The results by topic, least recently used first. */
    private final Map<String, Found> remembered = new LinkedHashMap<>(64, 0.75f, true);

    private SubjectRoutes(List<Route> routes, SubjectTemplate others) {
        this.routes = routes;
        this.others = others;
    }

    /**
     * @param subject the template of the topics that match no route
     * @param text the routes, or null if there are none
     * @throws ConfigException naming the key and the entry
     */
    static SubjectRoutes parse(String subject, @Nullable String text, SubjectRules rules) {
        return new SubjectRoutes(text == null ? List.of() : routes(text, rules), TemplateParser.parse(subject, rules));
    }

    /** Returns the subject filters of the routes alone. */
    static List<String> filters(String text, SubjectRules rules) {
        return routes(text, rules).stream()
                .map(route -> route.template.filter())
                .toList();
    }

    /** Returns the subject filters of all templates. */
    List<String> filters() {
        List<String> filters = new ArrayList<>(List.of(others.filter()));
        routes.forEach(route -> filters.add(route.template.filter()));
        return filters;
    }

    /**
     * Returns the template for the records of a topic.
     *
     * @param topic the name, or null if a transform has removed it
     * @throws RejectedRecordException if a match needs too many steps
     */
    SubjectTemplate templateFor(@Nullable String topic) {
        if (topic == null || routes.isEmpty()) {
            return others;
        }
        Found found = remembered.get(topic);
        if (found == null) {
            found = find(topic);
            remember(topic, found);
        }
        SubjectTemplate template = found.template;
        if (template == null) {
            throw new RejectedRecordException(
                    ErrorCode.NO_SUBJECT,
                    "The pattern '" + found.aborted + "' in " + KEY
                            + " needs too many steps to match the name of the record's topic: change " + KEY
                            + " so that no repetition in the pattern contains another one of the same characters.");
        }
        return template;
    }

    private Found find(String topic) {
        for (Route route : routes) {
            try {
                if (route.pattern.matches(topic)) {
                    return new Found(route.template, null);
                }
            } catch (TopicPattern.TooManyStepsException e) {
                return new Found(null, route.pattern);
            }
        }
        return new Found(others, null);
    }

    private void remember(String topic, Found found) {
        if (topic.length() <= MAX_REMEMBERED_LENGTH) {
            remembered.put(topic, found);
            if (remembered.size() > MAX_REMEMBERED) {
                Iterator<String> eldest = remembered.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }
    }

    private static List<Route> routes(String text, SubjectRules rules) {
        List<String> entries = RouteSyntax.of(text);
        if (entries.isEmpty()) {
            throw SubjectRules.invalid(KEY, text, "it contains no 'pattern -> template'");
        }
        List<Route> routes = new ArrayList<>();
        for (String entry : entries) {
            routes.add(route(entry, "entry " + (routes.size() + 1) + ", ", rules));
        }
        return routes;
    }

    private static Route route(String entry, String where, SubjectRules rules) {
        int arrow = RouteSyntax.arrow(entry);
        if (arrow < 0) {
            throw SubjectRules.invalid(
                    KEY, entry, where + "at position 1: no '->' between a topic pattern and a template");
        }
        String pattern = entry.substring(0, arrow).strip();
        if (pattern.isEmpty()) {
            throw SubjectRules.invalid(KEY, entry, where + "at position 1: no topic pattern before the '->'");
        }
        int template = arrow + RouteSyntax.ARROW.length();
        while (template < entry.length() && Character.isWhitespace(entry.charAt(template))) {
            template++;
        }
        try {
            return new Route(
                    TopicPattern.compile(pattern), new TemplateParser(KEY, where, entry, template, rules).parse());
        } catch (PatternSyntaxException e) {
            throw SubjectRules.invalid(
                    KEY,
                    entry,
                    where + "at position " + (Math.max(0, e.getIndex()) + 1) + ": the pattern '" + pattern
                            + "' is invalid: " + e.getDescription());
        }
    }

    private record Route(TopicPattern pattern, SubjectTemplate template) {}

    /** @param aborted the pattern whose match was aborted, if there is no template */
    private record Found(
            @Nullable SubjectTemplate template, @Nullable TopicPattern aborted) {}
}
