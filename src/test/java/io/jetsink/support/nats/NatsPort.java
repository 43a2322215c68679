package io.jetsink.support.nats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port that stays ours while its server is down, until closed. It lies below the range that systems take outgoing
 * ports from, and a file lock keeps other tests off it, also those of another JVM.
 */
public final class NatsPort implements AutoCloseable {
    private static final int LOWEST = 20_000;
    private static final int BEYOND_HIGHEST = 32_000;
    /** Asked before the lock file is opened: closing a file a second time would let go of this JVM's lock on it. */
    private static final Set<Integer> HELD_IN_THIS_JVM = ConcurrentHashMap.newKeySet();

    private final int number;
    private final FileLock lock;

    private NatsPort(int number, FileLock lock) {
        this.number = number;
        this.lock = lock;
    }

    public static NatsPort reserve() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int number = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND_HIGHEST);
            if (HELD_IN_THIS_JVM.add(number)) {
                var lock = lock(number);
                if (lock != null) {
                    return new NatsPort(number, lock);
                }
                HELD_IN_THIS_JVM.remove(number);
            }
        }
        throw new IllegalStateException("No free port between " + LOWEST + " and " + BEYOND_HIGHEST);
    }

    public int number() {
        return number;
    }

    @Override
    public void close() {
        try {
            lock.acquiredBy().close();
        } catch (IOException e) {
            throw new UncheckedIOException("Port " + number + " cannot be released", e);
        }
        HELD_IN_THIS_JVM.remove(number);
    }

    /** Null if the port is another JVM's, or taken by something else. */
    private static @Nullable FileLock lock(int number) {
        var folder = Path.of(System.getProperty("java.io.tmpdir"), "jetsink-ports-" + System.getProperty("user.name"));
        try {
            Files.createDirectories(folder);
            var channel = FileChannel.open(
                    folder.resolve(number + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = channel.tryLock();
            if (lock != null && isFree(number)) {
                return lock;
            }
            channel.close();
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("No port can be reserved in " + folder, e);
        }
    }

    private static boolean isFree(int number) {
        try (var socket = new ServerSocket(number, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }
}
