package io.jetsink.translate;

import io.jetsink.spi.HeaderMapper;
import java.util.List;

/** Header mappers as one. */
final class CompositeHeaderMapper {
    private static final HeaderMapper NONE = (record, headers) -> {
        // No headers.
    };

    private CompositeHeaderMapper() {}

    /** Each adds its own, in this order. */
    static HeaderMapper inTurn(List<HeaderMapper> mappers) {
        if (mappers.isEmpty()) {
            return NONE;
        }
        if (mappers.size() == 1) {
            return mappers.get(0);
        }
        HeaderMapper[] all = mappers.toArray(HeaderMapper[]::new);
        return (record, headers) -> {
            for (HeaderMapper mapper : all) {
                mapper.mapHeaders(record, headers);
            }
        };
    }
}
