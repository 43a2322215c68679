package io.jetsink.tool.migrate;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The destination templates of nats-kafka, which are templates of Go. */
final class GoTemplate {
    private static final Pattern ACTION = Pattern.compile("\\{\\{\\s*(.*?)\\s*}}");
    private static final Map<String, String> VARIABLES = Map.of(
            ".Topic", "${topic}",
            ".Partition", "${partition}",
            "printf \"%s\" .Key", "${key}",
            ".Key | printf \"%s\"", "${key}");

    private GoTemplate() {}

    /** Returns the template in the notation of {@code subject}, or null if it has no equivalent. */
    static @Nullable String subject(String template) {
        StringBuilder subject = new StringBuilder();
        Matcher action = ACTION.matcher(template);
        int end = 0;
        while (action.find()) {
            String variable = VARIABLES.get(action.group(1));
            if (variable == null || !isPlain(template.substring(end, action.start()))) {
                return null;
            }
            subject.append(template, end, action.start()).append(variable);
            end = action.end();
        }
        String rest = template.substring(end);
        return isPlain(rest) ? subject.append(rest).toString() : null;
    }

    private static boolean isPlain(String text) {
        return text.chars().noneMatch(next -> next <= ' ' || next > '~' || "${}*>".indexOf(next) >= 0);
    }
}
