package io.jetsink.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Connectors that the documentation shows, as JSON, read from there. */
public final class Recipes {
    private static final Pattern BLOCK = Pattern.compile("```json\\R(.*?)```", Pattern.DOTALL);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Map<String, String>> byName = new HashMap<>();

    private Recipes() {}

    /** @param file under {@code src/docs} */
    public static Recipes of(String file) {
        Recipes recipes = new Recipes();
        try {
            String text = Files.readString(Path.of(System.getProperty("jetsink.basedir"), "src", "docs", file));
            Matcher block = BLOCK.matcher(text);
            while (block.find()) {
                recipes.add(JSON.readTree(block.group(1)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The recipes of " + file + " cannot be read", e);
        }
        return recipes;
    }

    /** A connector's configuration, to be changed as hosts demand. */
    public Map<String, String> config(String name) {
        Map<String, String> config = byName.get(name);
        if (config == null) {
            throw new IllegalArgumentException("No recipe " + name + ", only " + byName.keySet());
        }
        return new HashMap<>(config);
    }

    private void add(JsonNode recipe) {
        Map<String, String> config = new HashMap<>();
        recipe.path("config")
                .properties()
                .forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
        byName.put(recipe.path("name").asText(), config);
    }
}
