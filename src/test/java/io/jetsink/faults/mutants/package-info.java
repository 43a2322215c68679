/** Tasks that are broken on purpose, so that the laboratory can show that it would tell. */
@NullMarked
package io.jetsink.faults.mutants;

import org.jspecify.annotations.NullMarked;
