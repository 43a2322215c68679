package io.jetsink.publish;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.TopicPartition;

/** Where markers stand: {@code <prefix>.<connector>.<topic>.<partition>}, a token each. */
public final class MarkerSubjects {
    private final String stem;

    /** @param prefix {@code exactly.once.marker.prefix} */
    public MarkerSubjects(String prefix, String connector) {
        this.stem = prefix + "." + token(connector) + ".";
    }

    String of(TopicPartition partition) {
        return stem + token(partition.topic()) + "." + partition.partition();
    }

    /** All of them. */
    String filter() {
        return stem + ">";
    }

    private static String token(String name) {
        StringBuilder token = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-')) {
                token.append(c);
            } else {
                token.append('%').append(String.format("%02X", (int) c));
            }
        }
        return token.toString();
    }
}
