package io.jetsink.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of compatibility has a measured row for each cell. */
class CompatibilityTableTest {
    @Test
    void eachCellHasARow() throws IOException {
        List<String> rows = CompatibilityTable.rows();

        assertThat(rows).hasSameSizeAs(Cell.all());
        for (Cell cell : Cell.all()) {
            assertThat(rows)
                    .filteredOn(row -> row.startsWith(Row.versions(cell)))
                    .as("mvn verify -Pmatrix writes the row of %s", cell)
                    .singleElement()
                    .asString()
                    .containsPattern(" \\| " + Row.WORKS + " \\| \\d{4}-\\d\\d-\\d\\d \\|$");
        }
    }
}
