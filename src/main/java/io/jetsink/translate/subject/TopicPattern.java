package io.jetsink.translate.subject;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression for the whole name of a topic. A match has a limited number of steps: anyone who may create topics
 * chooses the names, and for some names an expression such as {@code (a+)+b} would never finish.
 */
record TopicPattern(Pattern pattern) {
    /** A few milliseconds. Topic names have at most 249 characters, and a usual expression reads each a few times. */
    private static final int MAX_STEPS = 1_000_000;

    private static final int MAX_LENGTH = 1000;

    /** @throws PatternSyntaxException if the text is not a valid expression */
    static TopicPattern compile(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new PatternSyntaxException("longer than " + MAX_LENGTH + " characters", text, -1);
        }
        try {
            return new TopicPattern(Pattern.compile(text));
        } catch (StackOverflowError e) {
            throw new PatternSyntaxException("nested too deeply", text, -1);
        }
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }

    /** @throws TooManyStepsException if the match was aborted */
    boolean matches(String topic) {
        try {
            return pattern.matcher(new CountedText(topic)).matches();
        } catch (StackOverflowError e) {
            throw new TooManyStepsException();
        }
    }

    /** Reports that a match was aborted. */
    static final class TooManyStepsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyStepsException() {
            super(null, null, false, false);
        }
    }

    /** Counts the characters that a match reads. The number of steps between two reads is small. */
    private static final class CountedText implements CharSequence {
        private final String text;
        private int steps;

        CountedText(String text) {
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
