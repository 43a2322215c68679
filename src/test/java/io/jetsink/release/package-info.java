/** Builds the files of a release: the plugin image, the provenance, the checksums and the signatures. */
@NullMarked
package io.jetsink.release;

import org.jspecify.annotations.NullMarked;
