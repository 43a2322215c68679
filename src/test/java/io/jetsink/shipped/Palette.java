package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The colours of the pictures in the README, for pages with a light and with a dark background. */
enum Palette {
    LIGHT("#1f2328", "#59636e", "#f6f8fa", "#d1d9e0", "#ffffff", "#0969da", "#1a7f37", "#bf8700", "#8250df", "#cf222e"),
    DARK("#f0f6fc", "#9198a1", "#151b23", "#3d444d", "#0d1117", "#4493f8", "#3fb950", "#d29922", "#ab7df8", "#f85149");

    private static final List<String> NAMES =
            List.of("text", "muted", "surface", "line", "page", "accent", "good", "fair", "stop", "bad");

    private final List<String> colours;

    /** @param colours in the order of {@link #NAMES} */
    Palette(String... colours) {
        this.colours = List.of(colours);
    }

    /** Returns a picture whose {@code {style}} is replaced by the style sheet in these colours. */
    String paint(String picture) throws IOException {
        String style = resource("pictures.css").strip();
        for (int i = 0; i < NAMES.size(); i++) {
            style = style.replace('{' + NAMES.get(i) + '}', colours.get(i));
        }
        return picture.replace("{style}", style);
    }

    /** Returns the name of the file of a picture. */
    String fileOf(String picture) {
        return picture + '-' + name().toLowerCase(Locale.ROOT) + ".svg";
    }

    static String resource(String name) throws IOException {
        try (InputStream content = Palette.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(content, name).readAllBytes(), UTF_8);
        }
    }
}
