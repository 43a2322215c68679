/** The fault laboratory: named scenarios, each in every guarantee it is about, under load, and what came of them. */
@NullMarked
package io.jetsink.faults;

import org.jspecify.annotations.NullMarked;
