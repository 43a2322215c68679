/**
 * Text forms of values: dates, decimals, header values. Static functions without state, for any thread.
 */
@NullMarked
package io.jetsink.translate.text;

import org.jspecify.annotations.NullMarked;
