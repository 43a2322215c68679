package io.jetsink.faults;

import io.jetsink.support.nats.NatsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system in memory of a size that can be changed, for who may mount one. It is there until the JVM ends. */
final class SmallDisk {
    private static final long MOUNTED_WITHIN_SECONDS = 10;

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Whether this process may mount. */
    static boolean isPossible() {
        try {
            Path folder = Files.createTempDirectory("jetsink-disk-");
            boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString());
            boolean possible = mounted && run("umount", folder.toString());
            Files.delete(folder);
            return possible;
        } catch (IOException noMount) {
            return false;
        }
    }

    static SmallDisk mount(int megabytes) {
        try {
            SmallDisk disk = new SmallDisk(Files.createTempDirectory("jetsink-disk-"));
            disk.require("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.folder.toString());
            Runtime.getRuntime().addShutdownHook(new Thread(disk::unmount));
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException("No small disk", e);
        }
    }

    /** A server that stores on it. */
    NatsServer start() {
        return NatsServer.builder()
                .jetStream(false)
                .config("jetstream { store_dir: '" + folder + "', max_file_store: 1G }\n")
                .start();
    }

    void grow(int megabytes) {
        try {
            require("mount", "-o", "remount,size=" + megabytes + "m", folder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("The disk does not grow", e);
        }
    }

    private void unmount() {
        try {
            require("umount", folder.toString());
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The disk stays", e);
        }
    }

    private void require(String... command) throws IOException {
        if (!run(command)) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(MOUNTED_WITHIN_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
