package io.jetsink.nats;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A listener that keeps what it hears. */
final class Heard implements ConnectionEvents {
    final Queue<IOException> lost = new ConcurrentLinkedQueue<>();
    final Queue<String> serverErrors = new ConcurrentLinkedQueue<>();
    final Queue<Exception> clientErrors = new ConcurrentLinkedQueue<>();
    final Queue<String> lameDucks = new ConcurrentLinkedQueue<>();
    final Queue<List<String>> discovered = new ConcurrentLinkedQueue<>();

    @Override
    public void lost(IOException cause) {
        lost.add(cause);
    }

    @Override
    public void serverError(String text) {
        serverErrors.add(text);
    }

    @Override
    public void clientError(Exception error) {
        clientErrors.add(error);
    }

    @Override
    public void lameDuck() {
        lameDucks.add("lame duck");
    }

    @Override
    public void discovered(List<String> servers) {
        discovered.add(servers);
    }
}
