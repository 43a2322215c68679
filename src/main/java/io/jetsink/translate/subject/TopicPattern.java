package io.jetsink.translate.subject;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for whole names of topics that cannot hang a task: names come from whoever may create topics, and
 * some expressions take longer than the age of the world for some names.
 *
 * <p>An expression that does so for one of a number of hostile names is refused at once, and so is one with a group that
 * would. For the others steps are counted, and a name that takes too many is given up.
 */
final class TopicPattern {
    /** Some milliseconds. Names have 249 characters at most, and a usual expression looks at each of them a few times. */
    private static final int MAX_STEPS = 1_000_000;

    private static final int MAX_LENGTH = 1000;
    private static final int MAX_GROUPS = 30;
    private static final int HOSTILE_LENGTH = 40;
    /** One of each kind that names of topics are made of. */
    private static final String USUAL = "aZ0.-_";

    private static final int MAX_LITERALS = 16;
    private static final int MAX_PAIRED = 8;
    /** What makes an expression fail in the end: separators, and characters of no topic, one of which no dot matches. */
    private static final String ENDS = ".-_!\uffff\n";

    /**
     * Behind an expression, a reference to a group that is empty. It changes nothing, but keeps Java from remembering what
     * failed before: newer versions do so where they can, and an expression should not depend on that.
     */
    private static final String FORGETFUL = "(?:%s)(?<jetsink>)\\k<jetsink>";

    private static final Pattern QUANTIFIER = Pattern.compile("([*+?]|\\{[0-9,]*})[+?]?");

    private final Pattern pattern;

    private TopicPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws PatternSyntaxException saying why it cannot be used */
    static TopicPattern compile(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new PatternSyntaxException("longer than " + MAX_LENGTH + " characters", text, -1);
        }
        try {
            TopicPattern compiled = new TopicPattern(Pattern.compile(text));
            List<String> names = hostileNames(text);
            forgetful(text, compiled).tryAll(names);
            List<String> groups = groups(text);
            if (groups.size() > MAX_GROUPS) {
                throw new PatternSyntaxException("more than " + MAX_GROUPS + " groups", text, -1);
            }
            // What comes before a group may keep the names above away from it.
            for (String group : groups) {
                forgetful(group, compiled).tryAll(names);
            }
            return compiled;
        } catch (StackOverflowError e) {
            throw new PatternSyntaxException("nested too deeply", text, -1);
        } catch (TooManyStepsException e) {
            throw new PatternSyntaxException(
                    "takes too long for some names, as (a+)+ does: a repetition must not hold another one of the same"
                            + " characters",
                    text,
                    -1);
        }
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }

    /** @throws TooManyStepsException if that cannot be found out in time */
    boolean matches(String topic) {
        try {
            return pattern.matcher(new Counted(topic)).matches();
        } catch (StackOverflowError e) {
            throw new TooManyStepsException();
        }
    }

    private void tryAll(List<String> names) {
        names.forEach(this::matches);
    }

    /** The other one if this text is no expression on its own, as a quotation that nothing ends. */
    private static TopicPattern forgetful(String text, TopicPattern other) {
        try {
            return new TopicPattern(Pattern.compile(String.format(FORGETFUL, text)));
        } catch (PatternSyntaxException e) {
            return other;
        }
    }

    /** Repeats of what the expression is made of, which make it try, and then what makes it fail. */
    private static List<String> hostileNames(String text) {
        List<String> literals = text.chars()
                .filter(Character::isLetterOrDigit)
                .distinct()
                .limit(MAX_LITERALS)
                .mapToObj(Character::toString)
                .toList();
        Set<String> repeated = new LinkedHashSet<>(List.of(USUAL.split("")));
        repeated.addAll(literals);
        List<String> paired = literals.subList(0, Math.min(MAX_PAIRED, literals.size()));
        for (String one : paired) {
            paired.forEach(other -> repeated.add(one + other));
        }
        List<String> names = new ArrayList<>();
        for (String end : ENDS.split("")) {
            repeated.forEach(part -> names.add(part.repeat(HOSTILE_LENGTH / part.length()) + end));
        }
        return names;
    }

    /** Each group of the expression, with how often it is repeated. */
    private static List<String> groups(String text) {
        List<String> groups = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        int classes = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '[') {
                classes++;
            } else if (c == ']') {
                classes = Math.max(0, classes - 1);
            } else if (classes == 0 && c == '(') {
                open.add(at);
            } else if (classes == 0 && c == ')' && !open.isEmpty()) {
                int begin = open.remove(open.size() - 1);
                var quantifier = QUANTIFIER.matcher(text).region(at + 1, text.length());
                groups.add(text.substring(begin, quantifier.lookingAt() ? quantifier.end() : at + 1));
            }
        }
        return groups;
    }

    /** A match was given up. */
    static final class TooManyStepsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyStepsException() {
            super(null, null, false, false);
        }
    }

    /** Gives up after so many looks at characters, without which an expression does nothing for long. */
    private static final class Counted implements CharSequence {
        private final String text;
        private int steps;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++steps > MAX_STEPS) {
                throw new TooManyStepsException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
