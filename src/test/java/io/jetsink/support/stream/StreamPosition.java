package io.jetsink.support.stream;

/** Which of the produced records a message is: the partition and the number within it, from 0. */
public record StreamPosition(int partition, long sequence) {}
