package io.jetsink.message;

import java.util.HashMap;
import java.util.Map;

/** The similarity of two texts. */
public final class EditDistance {
    private EditDistance() {}

    /**
     * Returns the Damerau-Levenshtein distance: the number of insertions, deletions, replacements and swaps of neighbouring
     * characters that turn one text into the other.
     */
    public static int between(String a, String b) {
        // Row and column 0 are a border that no swap crosses.
        int[][] cost = new int[a.length() + 2][b.length() + 2];
        int unreachable = a.length() + b.length();
        cost[0][0] = unreachable;
        for (int i = 0; i <= a.length(); i++) {
            cost[i + 1][0] = unreachable;
            cost[i + 1][1] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j + 1] = unreachable;
            cost[1][j + 1] = j;
        }
        Map<Character, Integer> lastRowOf = new HashMap<>();
        for (int i = 1; i <= a.length(); i++) {
            int lastMatch = 0;
            for (int j = 1; j <= b.length(); j++) {
                int swapRow = lastRowOf.getOrDefault(b.charAt(j - 1), 0);
                int swapColumn = lastMatch;
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int replaced = cost[i][j] + (same ? 0 : 1);
                int inserted = cost[i + 1][j] + 1;
                int deleted = cost[i][j + 1] + 1;
                int swapped = cost[swapRow][swapColumn] + (i - swapRow - 1) + 1 + (j - swapColumn - 1);
                cost[i + 1][j + 1] = Math.min(Math.min(replaced, swapped), Math.min(inserted, deleted));
                if (same) {
                    lastMatch = j;
                }
            }
            lastRowOf.put(a.charAt(i - 1), i);
        }
        return cost[a.length() + 1][b.length() + 1];
    }
}
