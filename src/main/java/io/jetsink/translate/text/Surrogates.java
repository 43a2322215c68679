package io.jetsink.translate.text;

/** Finds halves of surrogate pairs, which have no UTF-8. Encoders replace them by question marks. */
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
