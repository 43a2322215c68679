package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A folder for the PATH with programs that run in this JVM. Each is a script that sends its words to a server. */
final class Programs implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final Path bin;

    /** A program that returns its output, or throws. */
    @FunctionalInterface
    interface Program {
        String run(Path folder, List<String> words) throws Exception;
    }

    /** @param bin the folder for the scripts */
    Programs(Path bin, Map<String, Program> programs) throws IOException {
        this.bin = bin;
        server.setExecutor(threads);
        server.start();
        for (Map.Entry<String, Program> program : programs.entrySet()) {
            server.createContext("/" + program.getKey(), exchange -> answer(exchange, program.getValue()));
            ContainerTree.program(
                    bin.resolve(program.getKey()),
                    "printf '%s\\n' \"$PWD\" \"$@\" | PATH=" + System.getenv("PATH")
                            + " curl -sS --fail-with-body --data-binary @- http://127.0.0.1:"
                            + server.getAddress().getPort() + "/" + program.getKey());
        }
        // A request that the worker refuses is a failure of the command.
        ContainerTree.program(
                bin.resolve("curl"), "PATH=" + System.getenv("PATH") + " exec curl -sS --fail-with-body \"$@\"");
        ContainerTree.program(bin.resolve("sudo"), "exec \"$@\"");
    }

    /** Returns the PATH with the programs in front. */
    String path() {
        return bin + ":" + System.getenv("PATH");
    }

    private static void answer(HttpExchange exchange, Program program) throws IOException {
        List<String> lines = new String(exchange.getRequestBody().readAllBytes(), UTF_8)
                .lines()
                .toList();
        int status = 200;
        String answer;
        try {
            answer = program.run(Path.of(lines.get(0)), lines.subList(1, lines.size()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (Exception | AssertionError e) {
            status = 500;
            answer = "error: " + e.getMessage();
        }
        byte[] bytes = (answer + "\n").getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
