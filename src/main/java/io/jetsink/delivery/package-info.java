/** The way of the records: admitted into a ring, published within a window, settled by acks, committed behind them. */
@NullMarked
package io.jetsink.delivery;

import org.jspecify.annotations.NullMarked;
