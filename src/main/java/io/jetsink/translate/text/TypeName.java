package io.jetsink.translate.text;

/** The type of a value in an error text: the class of an array has no readable name. */
public final class TypeName {
    private TypeName() {}

    /** Returns the name of the value's type, {@code byte array} for an array of bytes. */
    public static String of(Object value) {
        return value instanceof byte[] ? "byte array" : value.getClass().getTypeName();
    }
}
