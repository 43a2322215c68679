package io.jetsink.tool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hides secrets in texts: values of config providers and of keys that hold passwords. */
final class Secrets {
    private static final String HIDDEN = "[hidden]";
    /** A shorter secret is hidden only where it is a word of its own, because it may be a part of other words. */
    private static final int LONG = 8;

    private final List<String> values = new ArrayList<>();

    void add(String value) {
        String secret = value.strip();
        if (!secret.isEmpty() && !values.contains(secret)) {
            values.add(secret);
            // A secret may contain another one.
            values.sort(Comparator.comparingInt(String::length).reversed());
        }
    }

    /** Returns the text without any secret. */
    String hide(String text) {
        String hidden = text;
        for (String value : values) {
            String word = Pattern.quote(value);
            hidden = hidden.replaceAll(
                    value.length() < LONG ? "(?<![\\w-])" + word + "(?![\\w-])" : word,
                    Matcher.quoteReplacement(HIDDEN));
        }
        return hidden;
    }
}
