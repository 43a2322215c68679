package io.jetsink.translate;

import java.util.Locale;

/** Content types, as far as CloudEvents go by them. */
final class MediaTypes {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=utf-8";
    static final String BYTES = "application/octet-stream";

    /** A whole event in JSON. */
    static final String EVENT_IN_JSON = "application/cloudevents+json";

    private static final String EVENT = "application/cloudevents";

    private MediaTypes() {}

    /** Whether this is a whole event, in whatever format. */
    static boolean isEvent(String type) {
        return type.regionMatches(true, 0, EVENT, 0, EVENT.length());
    }

    static boolean isEventInJson(String type) {
        return essence(type).equals(EVENT_IN_JSON);
    }

    /** Whether this declares JSON: the subtype json, or one that ends so. */
    static boolean isJson(String type) {
        String essence = essence(type);
        return essence.endsWith("/json") || essence.endsWith("+json");
    }

    /** Without parameters. */
    private static String essence(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    }
}
