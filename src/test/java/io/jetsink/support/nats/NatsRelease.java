package io.jetsink.support.nats;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipInputStream;

/** The official release of nats-server for this OS and CPU, checked against the release's published SHA256SUMS. */
record NatsRelease(String base, String version, String os, String arch) implements NatsBinaryRoute {
    static final String EXECUTABLE = hostOs().equals("windows") ? "nats-server.exe" : "nats-server";

    private static final int CONNECT_MILLIS = (int) Duration.ofSeconds(5).toMillis();
    private static final int READ_MILLIS = (int) Duration.ofSeconds(30).toMillis();
    private static final int TAR_BLOCK = 512;

    static NatsRelease of(String version) {
        var base = System.getProperty(
                "nats.server.release.base", "https://github.com/nats-io/nats-server/releases/download");
        return new NatsRelease(base, version, hostOs(), hostArch());
    }

    @Override
    public String name() {
        return "release " + base + "/v" + version + "/" + archive();
    }

    @Override
    public Path fetchInto(Path folder) throws IOException {
        var expected = publishedChecksum();
        var archive = get(archive());
        var actual = sha256(archive);
        if (!actual.equals(expected)) {
            throw new IllegalStateException(name() + " has the SHA-256 " + actual + ", but SHA256SUMS of the release"
                    + " says " + expected + ": not used");
        }
        var executable = folder.resolve(EXECUTABLE);
        try (var content = new ByteArrayInputStream(archive)) {
            Files.write(executable, isZip() ? fromZip(content) : fromTarGz(content));
        }
        if (!executable.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + executable + " executable");
        }
        return executable;
    }

    private String archive() {
        return "nats-server-v" + version + "-" + os + "-" + arch + (isZip() ? ".zip" : ".tar.gz");
    }

    private boolean isZip() {
        return os.equals("windows");
    }

    private String publishedChecksum() throws IOException {
        var sums = new String(get("SHA256SUMS"), StandardCharsets.US_ASCII);
        return sums.lines()
                .map(line -> line.strip().split("\\s+\\*?"))
                .filter(line -> line.length == 2 && line[1].equals(archive()))
                .map(line -> line[0].toLowerCase(Locale.ROOT))
                .findFirst()
                .orElseThrow(() -> new IOException("the release has no " + archive()));
    }

    private byte[] get(String file) throws IOException {
        var connection = (HttpURLConnection)
                URI.create(base + "/v" + version + "/" + file).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        try {
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("HTTP " + connection.getResponseCode() + " for " + file);
            }
            try (var body = connection.getInputStream()) {
                return body.readAllBytes();
            }
        } finally {
            connection.disconnect();
        }
    }

    private static byte[] fromZip(InputStream content) throws IOException {
        try (var zip = new ZipInputStream(content)) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith("/" + EXECUTABLE)) {
                    return zip.readAllBytes();
                }
            }
        }
        throw new IOException("no " + EXECUTABLE + " in the archive");
    }

    private static byte[] fromTarGz(InputStream content) throws IOException {
        try (var tar = new GZIPInputStream(content)) {
            for (var header = tar.readNBytes(TAR_BLOCK);
                    header.length == TAR_BLOCK && header[0] != 0;
                    header = tar.readNBytes(TAR_BLOCK)) {
                int size = Integer.parseInt(field(header, 124, 12), 8);
                if (field(header, 0, 100).endsWith("/" + EXECUTABLE)) {
                    return tar.readNBytes(size);
                }
                tar.skipNBytes((size + TAR_BLOCK - 1) / TAR_BLOCK * (long) TAR_BLOCK);
            }
        }
        throw new IOException("no " + EXECUTABLE + " in the archive");
    }

    private static String field(byte[] header, int from, int length) {
        var text = new String(header, from, length, StandardCharsets.US_ASCII);
        int end = text.indexOf('\0');
        return (end < 0 ? text : text.substring(0, end)).strip();
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    static String hostOs() {
        var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            return "darwin";
        }
        return name.startsWith("windows") ? "windows" : name;
    }

    static String hostArch() {
        return switch (System.getProperty("os.arch")) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "arm" -> "arm7";
            default -> System.getProperty("os.arch");
        };
    }
}
