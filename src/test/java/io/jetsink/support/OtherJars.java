package io.jetsink.support;

import io.jetsink.support.process.ClassesJar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * Jars of other versions of the connector's libraries, for its own folder in {@code plugin.path}: each has one class, which
 * lacks everything that the connector calls. So no version has to be had.
 */
public final class OtherJars {
    private OtherJars() {}

    /** @param place within the connector's folder, such as {@code lib/avro} */
    public static Path jackson(Path folder, String place) throws IOException {
        return pack(folder, place, "jackson-core-2.0.0.jar", "com.fasterxml.jackson.core", "JsonFactory");
    }

    /** @param place within the connector's folder, such as {@code lib/avro} */
    public static Path jnats(Path folder, String place) throws IOException {
        return pack(folder, place, "jnats-2.0.0.jar", "io.nats.client", "Options");
    }

    private static Path pack(Path folder, String place, String jar, String inPackage, String type) throws IOException {
        Path classes = compile(Files.createTempDirectory(folder, "classes"), inPackage, type);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream content = new ZipOutputStream(bytes)) {
            String name = inPackage.replace('.', '/') + "/" + type + ".class";
            ClassesJar.add(content, name, Files.readAllBytes(classes.resolve(name)));
        }
        return ClassesJar.beside(folder, place + "/" + jar, bytes.toByteArray());
    }

    private static Path compile(Path to, String inPackage, String type) {
        JavaFileObject source =
                StringLiterals.file(type + ".java", "package " + inPackage + "; public class " + type + " {}");
        List<String> options = List.of("-d", to.toString(), "-proc:none");
        boolean done = ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, options, null, List.of(source))
                .call();
        if (!done) {
            throw new IllegalStateException(inPackage + "." + type + " does not compile");
        }
        return to;
    }
}
