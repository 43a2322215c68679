/**
 * The text of single values in subjects, headers and JSON: dates, numbers, header names and header values.
 *
 * <p>Input: a value of a record. Output: its text, or a rejection if it has none. The classes are static functions without
 * state and may be used by any thread. {@code HeaderEncoding} builds on {@link io.jetsink.message.PercentEncoding}.
 */
@NullMarked
package io.jetsink.translate.text;

import org.jspecify.annotations.NullMarked;
