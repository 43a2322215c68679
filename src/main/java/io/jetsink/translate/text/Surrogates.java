package io.jetsink.translate.text;

/** Half a surrogate pair has no form in UTF-8: encoders put a question mark in its place. */
public final class Surrogates {
    private Surrogates() {}

    public static boolean arePaired(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                if (Character.isBmpCodePoint(text.codePointAt(at))) {
                    return false;
                }
                at++;
            }
        }
        return true;
    }
}
