package io.jetsink.support;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All JSON that users are shown as the configuration of a connector: in the documentation, and as files. */
public final class Recipes {
    private static final Path BASEDIR = Path.of(System.getProperty("jetsink.basedir"));
    private static final Pattern BLOCK = Pattern.compile("```(json|sh)\\R(.*?)```", Pattern.DOTALL);
    /** In every whole configuration. */
    private static final String CONNECTOR = "connector.class";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The documents of {@link #documented} and {@link #fragments}. */
    public static final String FILES = "README\\.md|src/docs/mapping.*\\.md";

    private Recipes() {}

    /** Returns the configuration of a text of another document. */
    public static Recipe read(String file, String text) {
        return recipe(file, parse(text));
    }

    /** Those of {@code README.md} and {@code src/docs/mapping*.md}. */
    public static List<Recipe> documented() {
        List<Recipe> recipes = new ArrayList<>();
        blocks((file, block) -> {
            if (block.toString().contains(CONNECTOR)) {
                recipes.add(recipe(file, block));
            }
        });
        return recipes;
    }

    /** JSON in the same places that is a part of a configuration. */
    public static List<Recipe> fragments() {
        List<Recipe> fragments = new ArrayList<>();
        blocks((file, block) -> {
            if (!block.toString().contains(CONNECTOR)) {
                fragments.add(new Recipe(file, "part " + (fragments.size() + 1), texts(block)));
            }
        });
        return fragments;
    }

    /** The files of {@code config/connectors}. */
    public static List<Recipe> files() {
        List<Recipe> recipes = new ArrayList<>();
        for (Path file : list("config/connectors", ".*\\.json")) {
            recipes.add(recipe(BASEDIR.relativize(file).toString(), parse(read(file))));
        }
        return recipes;
    }

    private static void blocks(BlockReader reader) {
        List<Path> files = new ArrayList<>(List.of(BASEDIR.resolve("README.md")));
        files.addAll(list("src/docs", "mapping.*\\.md"));
        for (Path file : files) {
            Matcher block = BLOCK.matcher(read(file));
            while (block.find()) {
                String text = block.group(2);
                // Commands of a shell hold other braces, too.
                if (block.group(1).equals("json") || text.contains(CONNECTOR)) {
                    reader.read(BASEDIR.relativize(file).toString(), parse(text.substring(text.indexOf('{'))));
                }
            }
        }
    }

    /** With a name beside it, or as it is put under one. */
    private static Recipe recipe(String file, JsonNode json) {
        return json.has("config")
                ? new Recipe(file, json.path("name").asText(), texts(json.path("config")))
                : new Recipe(file, json.path("topics").asText(), texts(json));
    }

    private static Map<String, String> texts(JsonNode config) {
        Map<String, String> texts = new HashMap<>();
        config.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }

    /** The value at the beginning of a text; a shell's quote may follow. */
    private static JsonNode parse(String text) {
        try (MappingIterator<JsonNode> values = JSON.readerFor(JsonNode.class).readValues(text)) {
            return values.nextValue();
        } catch (IOException e) {
            throw new UncheckedIOException("No JSON: " + text, e);
        }
    }

    private static List<Path> list(String folder, String name) {
        try (Stream<Path> files = Files.list(BASEDIR.resolve(folder))) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The files of " + folder + " cannot be listed", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    @FunctionalInterface
    private interface BlockReader {
        void read(String file, JsonNode block);
    }
}
