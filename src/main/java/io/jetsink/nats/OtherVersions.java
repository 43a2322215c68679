package io.jetsink.nats;

import io.jetsink.message.LogSafeText;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds libraries that are in the plugin's folder twice. Connect sorts the jars of a plugin by their paths, so the copy of a
 * converter can hide that of the connector. Jackson needs no check: the connector's jar contains it under another name (ADR
 * 0032).
 */
public final class OtherVersions {
    /** A class of each library that the connector calls, by the library's name. */
    private static final Map<String, String> LIBRARIES = Map.of(
            "jnats", "io/nats/client/Options.class",
            "Bouncy Castle", "org/bouncycastle/crypto/params/Ed25519PrivateKeyParameters.class");

    private static final int MAX_TEXT = 512;

    private OtherVersions() {}

    /**
     * Returns cause, effect and remedy of a missing class or method, null if no library is in the folder twice.
     *
     * @param failure a class or method that is missing or of another version
     */
    public static @Nullable String text(LinkageError failure) {
        List<String> found = new ArrayList<>();
        LIBRARIES.forEach((library, type) -> {
            List<String> jars = jars(type);
            if (jars.size() > 1) {
                found.add("another version of " + library + " is in the connector's folder: " + jars.get(0) + " hides "
                        + String.join(", ", jars.subList(1, jars.size())));
            }
        });
        return found.isEmpty()
                ? null
                : String.join("; ", found) + ", so the connector cannot work ("
                        + LogSafeText.of(failure.toString(), MAX_TEXT)
                        + "): remove that jar, or move it into a folder whose name sorts after the others, such as"
                        + " lib/z-converter";
    }

    /** Returns the jars or folders with this class, in the order of the search. */
    private static List<String> jars(String type) {
        try {
            return Collections.list(OtherVersions.class.getClassLoader().getResources(type)).stream()
                    .map(url -> jar(url, type))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            // Without readable jars there is no explanation.
            return List.of();
        }
    }

    private static String jar(URL url, String type) {
        return url.getPath().replaceFirst("^file:", "").replace("!/" + type, "").replace(type, "");
    }
}
