package io.jetsink.faults;

import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.process.SystemCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A file system in memory of a size that can be changed, for who may mount one. It is there until the JVM ends. */
final class SmallDisk {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Whether this process may mount. */
    static boolean isPossible() {
        try {
            Path folder = Files.createTempDirectory("jetsink-disk-");
            run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString());
            run("umount", folder.toString());
            Files.delete(folder);
            return true;
        } catch (IOException noMount) {
            return false;
        }
    }

    static SmallDisk mount(int megabytes) {
        try {
            SmallDisk disk = new SmallDisk(Files.createTempDirectory("jetsink-disk-"));
            run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.folder.toString());
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
            run("mount", "-o", "remount,size=" + megabytes + "m", folder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("The disk does not grow", e);
        }
    }

    private void unmount() {
        try {
            run("umount", folder.toString());
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The disk stays", e);
        }
    }

    private static void run(String... command) throws IOException {
        SystemCommand.run(Duration.ofSeconds(10), command);
    }
}
