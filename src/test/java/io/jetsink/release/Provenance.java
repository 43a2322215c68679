package io.jetsink.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An in-toto statement with the SLSA provenance of a release: which files were built, from which commit and with which
 * libraries. It contains no time, path or number of the build, so that the next build of the commit has the same statement.
 */
final class Provenance {
    private static final JsonMapper JSON = new JsonMapper();

    private Provenance() {}

    /**
     * Returns the statement.
     *
     * @param files the files of the release
     * @param bill the bill of materials, which lists the libraries with their digests
     * @param commit the commit of the sources, if it is known
     */
    static byte[] statement(
            List<Path> files, JsonNode bill, Optional<String> commit, String version, String java, String maven)
            throws IOException {
        ObjectNode statement = JSON.createObjectNode().put("_type", "https://in-toto.io/Statement/v1");
        ArrayNode subject = statement.putArray("subject");
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            subject.addObject()
                    .put("name", file.getFileName().toString())
                    .putObject("digest")
                    .put("sha256", Digests.sha256(content))
                    .put("sha512", Digests.sha512(content));
        }
        statement.put("predicateType", "https://slsa.dev/provenance/v1");
        ObjectNode predicate = statement.putObject("predicate");
        ObjectNode definition = predicate.putObject("buildDefinition").put("buildType", "urn:jetsink:build:maven:1");
        definition
                .putObject("externalParameters")
                .put("command", "mvn -Prelease package")
                .put("version", version);
        definition.putObject("internalParameters").put("java", java).put("maven", maven);
        ArrayNode dependencies = definition.putArray("resolvedDependencies");
        commit.ifPresent(hash -> dependencies
                .addObject()
                .put("name", "source")
                .putObject("digest")
                .put("gitCommit", hash));
        for (JsonNode component : bill.path("components")) {
            dependencies
                    .addObject()
                    .put("uri", component.path("purl").asText())
                    .putObject("digest")
                    .put("sha256", sha256(component));
        }
        predicate.putObject("runDetails").putObject("builder").put("id", "urn:jetsink:builder:maintainer");
        return (statement.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(JsonNode component) throws IOException {
        for (JsonNode hash : component.path("hashes")) {
            if (hash.path("alg").asText().equals("SHA-256")) {
                return hash.path("content").asText();
            }
        }
        throw new IOException("the bill of materials has no SHA-256 of "
                + component.path("purl").asText());
    }
}
