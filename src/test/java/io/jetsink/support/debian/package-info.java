/** Programs from packages of Debian and Ubuntu, without installation. */
@NullMarked
package io.jetsink.support.debian;

import org.jspecify.annotations.NullMarked;
