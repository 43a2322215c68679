package io.jetsink.shipped;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds an image without an engine: each instruction of a Dockerfile is executed in a plain folder. */
final class ImageBuild {
    private final Map<String, ContainerTree> stages = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Path context;
    private final Path folder;
    private final Map<Integer, Integer> ports;
    private final Base bases;
    private List<String> command = List.of();
    private @Nullable ContainerTree tree;

    /** Fills a folder with the files of an image that FROM names. */
    @FunctionalInterface
    interface Base {
        void fill(String image, ContainerTree tree) throws IOException;
    }

    /**
     * Executes all instructions.
     *
     * @param dockerfile the text
     * @param context the folder that COPY reads
     * @param folder for the stages
     */
    ImageBuild(String dockerfile, Path context, Path folder, Map<Integer, Integer> ports, Base bases)
            throws IOException {
        this.context = context;
        this.folder = folder;
        this.ports = ports;
        this.bases = bases;
        for (String line : dockerfile.replaceAll("\\\\\\R", " ").split("\\R", -1)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] words = line.trim().split("\\s+", 2);
                execute(words[0], words[1]);
            }
        }
    }

    private void execute(String instruction, String argument) throws IOException {
        switch (instruction) {
            case "FROM" -> begin(argument.split(" AS "));
            case "COPY" -> copy(argument.split("\\s+"));
            case "RUN" -> run(argument);
            case "ENV" -> {
                String[] variable = argument.split("=", 2);
                environment.put(variable[0], variable[1]);
            }
            case "CMD" -> command = List.of(new JsonMapper().readValue(argument, String[].class));
            // Nothing happens in the folder.
            case "USER", "EXPOSE" -> {}
            default -> throw new IOException("no instruction of a Dockerfile: " + instruction);
        }
    }

    private void begin(String[] image) throws IOException {
        String name = image.length > 1 ? image[1] : "stage-" + stages.size();
        tree = new ContainerTree(folder.resolve(name), ports);
        bases.fill(image[0], tree);
        stages.put(name, tree);
        environment.clear();
        command = List.of();
    }

    private void copy(String[] words) throws IOException {
        List<String> paths = new ArrayList<>(List.of(words));
        String target = paths.remove(paths.size() - 1);
        if (paths.get(0).startsWith("--from=")) {
            ContainerTree from = stages.get(paths.remove(0).substring("--from=".length()));
            for (String path : paths) {
                tree().add(from.path(path), target);
            }
            return;
        }
        for (String path : paths) {
            List<Path> sources = new ArrayList<>();
            int slash = path.lastIndexOf('/');
            try (DirectoryStream<Path> found = Files.newDirectoryStream(
                    context.resolve(path.substring(0, slash + 1)), path.substring(slash + 1))) {
                found.forEach(sources::add);
            }
            if (path.equals(".")) {
                sources.add(context);
            }
            if (sources.isEmpty()) {
                throw new IOException("COPY finds no " + path);
            }
            for (Path source : sources) {
                tree().add(source, target);
            }
        }
    }

    private void run(String script) throws IOException {
        SystemCommand.runIn(tree().path("/"), Duration.ofSeconds(60), List.of("/bin/sh", "-ec", tree().here(script)));
    }

    /** Returns the files of the last stage. */
    ContainerTree tree() {
        if (tree == null) {
            throw new IllegalStateException("FROM is missing");
        }
        return tree;
    }

    /** Returns CMD. */
    List<String> command() {
        return command;
    }

    /** Returns the variables of ENV. */
    Map<String, String> environment() {
        return Map.copyOf(environment);
    }
}
