/**
 * Large payloads in an object store ({@code oversize=object-store}). The message then points to the object.
 *
 * <p>Enters and leaves: the same as for the publisher that it wraps. Read {@code ObjectStorePublisher} first: it decides which
 * payload becomes an object. {@code ObjectUploader} writes the chunks and the meta message of one object, {@code ObjectBucket}
 * has the subjects and requests of the object store.
 */
@NullMarked
package io.jetsink.publish.objects;

import org.jspecify.annotations.NullMarked;
