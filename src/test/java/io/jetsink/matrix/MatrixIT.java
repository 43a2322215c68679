package io.jetsink.matrix;

import io.jetsink.support.Bridge;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged plugin with each supported version of Connect, nats-server and Java. */
class MatrixIT {
    private static final int RECORDS = 20_000;
    private static final int FEW_RECORDS = 5_000;

    @BeforeAll
    static void startBroker() {
        Bridge.shared();
    }

    static Stream<Cell> all() {
        return Cell.all().stream();
    }

    static Stream<Cell> ends() {
        return Cell.ends().stream();
    }

    /** Writes the table of the documentation. */
    @Tag("matrix")
    @ParameterizedTest
    @MethodSource("all")
    void eachCellWorks(Cell cell) throws Exception {
        try {
            CompatibilityTable.replace(CellRun.run(cell, "matrix", RECORDS));
        } catch (Exception | AssertionError e) {
            CompatibilityTable.replace(Row.fails(cell, e));
            throw e;
        }
    }

    @ParameterizedTest
    @MethodSource("ends")
    void theOldestAndTheNewestVersionsWork(Cell cell) throws Exception {
        CellRun.run(cell, "ends", FEW_RECORDS);
    }
}
