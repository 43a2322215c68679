package io.jetsink.translate.subject;

import io.jetsink.config.SubjectSettings;
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
 * Which template a topic has: that of the first route whose pattern matches the whole name, else {@code subject}.
 * Remembers what it found.
 *
 * <p>Threads: used by one thread.
 */
public final class SubjectRoutes {
    private static final String KEY = SubjectSettings.ROUTES_CONFIG;
    /** Names of topics are no longer in Kafka; of others there may be any number, from transforms. */
    private static final int MAX_REMEMBERED_LENGTH = 249;

    private static final int MAX_REMEMBERED = 1000;

    private final List<Route> routes;
    private final SubjectTemplate others;
    /** In the order of use. */
    private final Map<String, Found> remembered = new LinkedHashMap<>(64, 0.75f, true);

    private SubjectRoutes(List<Route> routes, SubjectTemplate others) {
        this.routes = routes;
        this.others = others;
    }

    /**
     * @param subject the template of topics that no route is for
     * @param text the routes, null: none
     * @throws ConfigException at the key and, of several entries, naming the one
     */
    public static SubjectRoutes parse(String subject, @Nullable String text, SubjectRules rules) {
        return new SubjectRoutes(text == null ? List.of() : routes(text, rules), TemplateParser.parse(subject, rules));
    }

    /** Filters, as of subscriptions, of what the routes alone make of every record. */
    public static List<String> filters(String text, SubjectRules rules) {
        return routes(text, rules).stream()
                .map(route -> route.template.filter())
                .toList();
    }

    /** Filters, as of subscriptions, that together cover what all templates make of every record. */
    public List<String> filters() {
        List<String> filters = new ArrayList<>(List.of(others.filter()));
        routes.forEach(route -> filters.add(route.template.filter()));
        return filters;
    }

    /**
     * The template for records of this topic.
     *
     * @param topic the name, null for a record that a transform took it from
     * @throws RejectedRecordException if that cannot be found out in time
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
            throw new RejectedRecordException("The pattern '" + found.undecided + "' in " + KEY
                    + " takes too long for the name of the record's topic: change it so that no repetition holds another"
                    + " one of the same characters.");
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
            throw new ConfigException(KEY, text, "there is no 'pattern -> template' in it");
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
            throw new ConfigException(
                    KEY, entry, where + "at position 1: no '->' between a pattern for topics and a template");
        }
        String pattern = entry.substring(0, arrow).strip();
        if (pattern.isEmpty()) {
            throw new ConfigException(KEY, entry, where + "at position 1: no pattern for topics before the '->'");
        }
        int template = arrow + RouteSyntax.ARROW.length();
        while (template < entry.length() && Character.isWhitespace(entry.charAt(template))) {
            template++;
        }
        try {
            return new Route(
                    TopicPattern.compile(pattern), new TemplateParser(KEY, where, entry, template, rules).parse());
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    KEY,
                    entry,
                    where + "at position " + (Math.max(0, e.getIndex()) + 1) + ": the pattern '" + pattern
                            + "' cannot be used: " + e.getDescription());
        }
    }

    private record Route(TopicPattern pattern, SubjectTemplate template) {}

    /** @param undecided the pattern that takes too long, if there is no template */
    private record Found(
            @Nullable SubjectTemplate template, @Nullable TopicPattern undecided) {}
}
