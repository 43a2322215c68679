package io.jetsink.shipped;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Kubernetes resource. */
record Manifest(String file, JsonNode node) {
    static final Path BASE = Path.of(System.getProperty("jetsink.basedir"));
    static final Path FOLDER = BASE.resolve("docker/kubernetes");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Returns the resources of {@code docker/kubernetes}. */
    static List<Manifest> all() throws IOException {
        List<Manifest> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                all.addAll(parse(file.getFileName().toString(), Files.readString(file)));
            }
        }
        return all;
    }

    /** Returns the resources of a text. */
    static List<Manifest> parse(String file, String text) throws IOException {
        try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(text)) {
            return documents.readAll().stream()
                    .map(node -> new Manifest(file, node))
                    .toList();
        }
    }

    /** Returns the first resource of a file of {@code docker/kubernetes}. */
    static Manifest of(String file) throws IOException {
        return parse(file, Files.readString(FOLDER.resolve(file))).get(0);
    }

    String kind() {
        return node.path("kind").asText();
    }

    String text(String pointer) {
        return node.at(pointer).asText();
    }

    @Override
    public String toString() {
        return kind() + " of " + file;
    }
}
