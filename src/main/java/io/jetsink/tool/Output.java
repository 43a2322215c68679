package io.jetsink.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;

/** Standard output of the command, as text or JSON. */
final class Output {
    private static final JsonMapper JSON = new JsonMapper();

    private final PrintStream out;
    private final boolean json;

    Output(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Returns whether the output is JSON, and not text. */
    boolean isJson() {
        return json;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static String text(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    void line(String text) {
        out.println(text);
    }

    /** Writes a document with line breaks. */
    void document(JsonNode node) {
        out.println(node.toPrettyString());
    }
}
