package io.jetsink.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Decides whether other load on the machine makes results useless. */
final class Noise {
    /** The number of cores that other processes may use in the median of the measurements. */
    static final double MOST_OTHER_CORES = 0.15;
    /** How far minimum and maximum of an arm may be apart, as a part of its median. */
    static final double WIDEST = 0.6;

    private Noise() {}

    /**
     * Returns the reasons, or an empty list for a quiet run.
     *
     * @param otherCores of each measurement; those that are not known do not count
     * @param spreads the main results by their names
     */
    static List<String> reasons(List<Double> otherCores, Map<String, Spread> spreads) {
        List<String> reasons = new ArrayList<>();
        double[] known = otherCores.stream()
                .mapToDouble(Double::doubleValue)
                .filter(cores -> !Double.isNaN(cores))
                .toArray();
        if (known.length > 0) {
            double median = Spread.of(Arrays.stream(known)).median();
            if (median > MOST_OTHER_CORES) {
                reasons.add(String.format(
                        Locale.ROOT,
                        "other processes used %.2f cores in the median of the measurements, more than %.2f",
                        median,
                        MOST_OTHER_CORES));
            }
        }
        spreads.forEach((name, spread) -> {
            double width = (spread.max() - spread.min()) / spread.median();
            if (width > WIDEST) {
                reasons.add(String.format(
                        Locale.ROOT,
                        "minimum and maximum of %s are %.2f of the median apart, more than %.2f",
                        name,
                        width,
                        WIDEST));
            }
        });
        return reasons;
    }
}
