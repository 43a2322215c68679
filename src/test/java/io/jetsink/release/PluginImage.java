package io.jetsink.release;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The plugin image: an OCI image layout as a tar archive, for tools that copy it into a registry. The image has one layer with
 * the unpacked zip. It contains no program, so the images of all architectures have the same layer.
 */
final class PluginImage {
    /** The architectures of Strimzi's images. */
    static final List<String> ARCHITECTURES = List.of("amd64", "arm64", "ppc64le", "s390x");

    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    /** Not compressed: the jars already are, and the bytes do not depend on the compressor of this Java. */
    static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, byte[]> blobs = new TreeMap<>();
    private final String version;
    private final Instant time;

    private PluginImage(String version, Instant time) {
        this.version = version;
        this.time = time;
    }

    /**
     * Returns the layout.
     *
     * @param zip the plugin zip
     * @param version the tag of the image
     * @param time the time of all files, and of the image
     */
    static byte[] of(Path zip, String version, Instant time) throws IOException {
        return new PluginImage(version, time).layout(zip);
    }

    private byte[] layout(Path zip) throws IOException {
        byte[] layer = layer(zip);
        ObjectNode layerDescriptor = add(LAYER, layer);
        ArrayNode manifests = JSON.createArrayNode();
        for (String architecture : ARCHITECTURES) {
            ObjectNode config = add(CONFIG, JSON.writeValueAsBytes(config(architecture, Digests.sha256(layer))));
            ObjectNode manifest =
                    JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MANIFEST);
            manifest.set("config", config);
            manifest.putArray("layers").add(layerDescriptor);
            annotate(manifest);
            ObjectNode descriptor = add(MANIFEST, JSON.writeValueAsBytes(manifest));
            descriptor.putObject("platform").put("architecture", architecture).put("os", "linux");
            manifests.add(descriptor);
        }
        ObjectNode image = annotate(index(manifests));
        ObjectNode tagged = add(INDEX, JSON.writeValueAsBytes(image));
        tagged.putObject("annotations").put("org.opencontainers.image.ref.name", version);

        TarArchive layout = new TarArchive(time);
        layout.file("oci-layout", 0644, "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        layout.file(
                "index.json",
                0644,
                JSON.writeValueAsBytes(index(JSON.createArrayNode().add(tagged))));
        layout.folder("blobs/");
        layout.folder("blobs/sha256/");
        blobs.forEach((digest, content) -> layout.file("blobs/sha256/" + digest, 0644, content));
        return layout.toBytes();
    }

    private byte[] layer(Path zip) throws IOException {
        TarArchive layer = new TarArchive(time);
        try (FileSystem archive =
                        FileSystems.newFileSystem(zip, Map.<String, Object>of("enablePosixFileAttributes", true));
                Stream<Path> entries = Files.walk(archive.getPath("/"))) {
            for (Path entry : entries.sorted().skip(1).toList()) {
                String name = entry.toString().substring(1);
                if (Files.isDirectory(entry)) {
                    layer.folder(name.endsWith("/") ? name : name + "/");
                } else {
                    layer.file(name, isProgram(entry) ? 0755 : 0644, Files.readAllBytes(entry));
                }
            }
        }
        return layer.toBytes();
    }

    private static boolean isProgram(Path entry) throws IOException {
        return Files.getPosixFilePermissions(entry).contains(PosixFilePermission.OWNER_EXECUTE);
    }

    private ObjectNode config(String architecture, String layer) {
        ObjectNode config = JSON.createObjectNode()
                .put("created", time.toString())
                .put("architecture", architecture)
                .put("os", "linux");
        config.putObject("config");
        config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add("sha256:" + layer);
        return config;
    }

    private static ObjectNode index(ArrayNode manifests) {
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
        index.set("manifests", manifests);
        return index;
    }

    private ObjectNode annotate(ObjectNode node) {
        node.putObject("annotations")
                .put("org.opencontainers.image.title", "Kafka Connect sink for NATS JetStream")
                .put("org.opencontainers.image.version", version)
                .put("org.opencontainers.image.created", time.toString())
                .put("org.opencontainers.image.licenses", "Apache-2.0");
        return node;
    }

    /** Adds a blob, and returns its descriptor. */
    private ObjectNode add(String mediaType, byte[] content) {
        String digest = Digests.sha256(content);
        blobs.put(digest, content);
        return JSON.createObjectNode()
                .put("mediaType", mediaType)
                .put("digest", "sha256:" + digest)
                .put("size", content.length);
    }
}
