package io.jetsink.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Writes the page, the JSON file and the plots of a scenario. */
final class Pages {
    private final BenchOptions options;
    private final String name;
    private final PrintStream out;

    Pages(BenchOptions options, String name, PrintStream out) {
        this.options = options;
        this.name = name;
        this.out = out;
    }

    /**
     * @param plots the names of PNG files that are in {@code target/bench}
     * @return false if the results were to be published and the run was noisy
     */
    boolean write(String page, Object json, List<String> plots, List<String> noise) throws IOException {
        Path folder = Files.createDirectories(options.folder());
        Files.writeString(folder.resolve(name + ".md"), page);
        Results.mapper().writeValue(folder.resolve(name + ".json").toFile(), json);
        out.println();
        out.print(page);
        out.println();
        out.println("Written to " + folder + ": " + name + ".md, " + name + ".json");
        noise.forEach(reason -> out.println("This run was noisy: " + reason));
        if (!options.write()) {
            return true;
        }
        Path docs = options.basedir().resolve(Path.of("src", "docs", "benchmarks"));
        if (!noise.isEmpty()) {
            out.println("Not written to " + docs + ": run the scenario again without other load on the machine");
            return false;
        }
        List<String> files = new ArrayList<>(List.of(name + ".md", name + ".json"));
        plots.forEach(plot -> files.add(plot + ".png"));
        for (String file : files) {
            Files.copy(folder.resolve(file), docs.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        out.println("Written to " + docs + ": " + String.join(", ", files));
        return true;
    }
}
