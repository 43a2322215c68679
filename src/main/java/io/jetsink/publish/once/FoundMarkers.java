package io.jetsink.publish.once;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The offset markers of all partitions of a batch, as they are in the stream. Immutable. */
record FoundMarkers(Map<PartitionClaim, OffsetMarker> byClaim) {
    /**
     * @return fails if one of them was not returned, or is not an offset marker
     * @throws IllegalStateException if the connection accepts no more
     */
    static CompletableFuture<FoundMarkers> read(AtomicBatch batch, MarkerStore markers) {
        Map<PartitionClaim, CompletableFuture<OffsetMarker>> replies = new LinkedHashMap<>();
        batch.claims().forEach(claim -> replies.put(claim, markers.read(claim.subject())));
        return CompletableFuture.allOf(replies.values().toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    Map<PartitionClaim, OffsetMarker> found = new LinkedHashMap<>();
                    replies.forEach((claim, reply) -> found.put(claim, reply.join()));
                    return new FoundMarkers(found);
                });
    }

    /** Returns whether one of the offset markers was stored with an attempt to send this batch. */
    boolean prove(AtomicBatch batch) {
        return byClaim.values().stream().anyMatch(batch::isAuthorOf);
    }

    /** Returns whether each offset marker is the one that its claim is to replace next. */
    boolean areUnchanged() {
        return byClaim.entrySet().stream().allMatch(FoundMarkers::isUnchanged);
    }

    /** Returns whether offset markers were removed, and none of the others proves that the batch is not stored. */
    boolean leaveOpen() {
        return byClaim.values().stream().anyMatch(OffsetMarker::isAbsent)
                && byClaim.entrySet().stream().noneMatch(FoundMarkers::isUnchanged);
    }

    private static boolean isUnchanged(Map.Entry<PartitionClaim, OffsetMarker> found) {
        return !found.getValue().isAbsent()
                && found.getValue().sequence() == found.getKey().expected();
    }

    /** Stores in the claims what was found. */
    void reconcile() {
        byClaim.forEach(PartitionClaim::reconcile);
    }

    /** The same for a batch that is stored, although some of its offset markers were removed since. */
    void reconcileStored(AtomicBatch batch) {
        batch.storedWithout(byClaim.entrySet().stream()
                .filter(entry -> entry.getValue().isAbsent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
        reconcile();
    }
}
