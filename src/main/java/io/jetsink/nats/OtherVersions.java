package io.jetsink.nats;

import io.jetsink.message.LogSafeText;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Libraries that are in the plugin's folder twice. Connect sorts the jars of a plugin by their paths, so a converter's copy can
 * hide the connector's own. Jackson is not among them: the packaged jar has it under another name (ADR 0032).
 */
public final class OtherVersions {
    /** A class of each library that the connector calls, by the library's name. */
    private static final Map<String, String> LIBRARIES = Map.of(
            "jnats", "io/nats/client/Options.class",
            "Bouncy Castle", "org/bouncycastle/crypto/params/Ed25519PrivateKeyParameters.class");

    private static final int MAX_TEXT = 512;

    private OtherVersions() {}

    /**
     * The cause, effect and way out of a class or method that is missing, if a library is there twice.
     *
     * @param failure a class or method is missing, or is another one than expected
     * @param loader of the connector
     * @return null if no library is there twice
     */
    public static @Nullable String text(LinkageError failure, @Nullable ClassLoader loader) {
        List<String> found = new ArrayList<>();
        LIBRARIES.forEach((library, type) -> {
            List<String> jars = jars(loader, type);
            if (jars.size() > 1) {
                found.add("another version of " + library + " is beside the connector: " + jars.get(0) + " hides "
                        + String.join(", ", jars.subList(1, jars.size())));
            }
        });
        return found.isEmpty()
                ? null
                : String.join("; ", found) + ", so the connector cannot work ("
                        + LogSafeText.of(failure.toString(), MAX_TEXT)
                        + "): remove that jar from the connector's folder, or move it into a folder whose name sorts behind"
                        + " the others, such as lib/z-converter";
    }

    /** The jars, or folders, that hold this class, in the order in which they are looked into. */
    private static List<String> jars(@Nullable ClassLoader loader, String type) {
        Set<String> jars = new LinkedHashSet<>();
        try {
            for (var urls = loader == null ? ClassLoader.getSystemResources(type) : loader.getResources(type);
                    urls.hasMoreElements(); ) {
                jars.add(jar(urls.nextElement(), type));
            }
        } catch (IOException e) {
            // A jar that is not readable explains nothing.
            return List.of();
        }
        return List.copyOf(jars);
    }

    private static String jar(URL url, String type) {
        String path = url.getPath().replace("!/" + type, "").replace(type, "");
        return path.startsWith("file:") ? path.substring("file:".length()) : path;
    }
}
