/**
 * Compares the messages of a stream with records: {@code Comparison} finds the record of each message with a {@code
 * RecordMatcher}, and counts the differences of each partition. The records are in a {@code RecordLog} and in hash tables of
 * numbers, so that millions of them fit into a small heap. Knows no server.
 *
 * <p>Classes are used by one thread.
 */
@NullMarked
package io.jetsink.tool.compare;

import org.jspecify.annotations.NullMarked;
