package io.jetsink.translate;

import java.util.Locale;

/** The content types that matter to CloudEvents. */
final class MediaTypes {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=utf-8";
    static final String BYTES = "application/octet-stream";

    /** A structured event in JSON. */
    static final String EVENT_IN_JSON = "application/cloudevents+json";

    private static final String EVENT = "application/cloudevents";

    private MediaTypes() {}

    /** Returns whether the type is that of a structured event, in any format. */
    static boolean isEvent(String type) {
        return type.regionMatches(true, 0, EVENT, 0, EVENT.length());
    }

    static boolean isEventInJson(String type) {
        return essence(type).equals(EVENT_IN_JSON);
    }

    /** Returns whether the type is JSON, by its subtype or suffix. */
    static boolean isJson(String type) {
        String essence = essence(type);
        return essence.endsWith("/json") || essence.endsWith("+json");
    }

    /** Returns the type without parameters. */
    private static String essence(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    }
}
