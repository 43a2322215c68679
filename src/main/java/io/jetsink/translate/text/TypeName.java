package io.jetsink.translate.text;

/** The type of a value in an error text: an array has no readable class name. */
public final class TypeName {
    private TypeName() {}

    /** Returns the name of the value's class, or {@code byte array} for an array of bytes. */
    public static String of(Object value) {
        Class<?> component = value.getClass().getComponentType();
        return component == null ? value.getClass().getName() : component.getTypeName() + " array";
    }
}
