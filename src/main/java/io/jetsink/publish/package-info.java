/** Publishing strategies behind one small port. */
@NullMarked
package io.jetsink.publish;

import org.jspecify.annotations.NullMarked;
