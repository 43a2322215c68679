package io.jetsink.spi;

public interface MessageHeaders {
    void add(String name, String value);

    void add(String name, byte[] value);

    void set(String name, String value);
}
