package io.jetsink.delivery;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.publish.Publisher.Outcomes;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * The ring and its pipeline in a random world, against a model. A failure names its seed; {@code -Djetsink.seed} runs that
 * seed alone, {@code -Djetsink.steps} sets the total number of steps.
 */
class InFlightRingModelTest {
    private static final int SEEDS = 50;

    @Test
    void keepsItsPromisesInARandomWorld() {
        int steps = Integer.getInteger("jetsink.steps", 1_000_000) / SEEDS;
        Long only = Long.getLong("jetsink.seed");
        long first = only == null ? System.nanoTime() : only;
        LongStream.range(first, only == null ? first + SEEDS : first + 1)
                .forEach(seed -> new ConnectSimulation(seed, Tampering.NONE).run(steps));
    }

    @Test
    void noticesOffsetsThatAreCommittedUnsettled() {
        assertNoticed("no offset beyond what is not settled", new Tampering() {
            @Override
            public Map<TopicPartition, OffsetAndMetadata> offsets(
                    Map<TopicPartition, OffsetAndMetadata> safe, Map<TopicPartition, OffsetAndMetadata> consumed) {
                return consumed;
            }
        });
    }

    @Test
    void noticesOffsetsThatAreNeverCommitted() {
        assertNoticed("what was told is committed", new Tampering() {
            @Override
            public Map<TopicPartition, OffsetAndMetadata> offsets(
                    Map<TopicPartition, OffsetAndMetadata> safe, Map<TopicPartition, OffsetAndMetadata> consumed) {
                safe.replaceAll((partition, offset) -> new OffsetAndMetadata(Math.max(0, offset.offset() - 1)));
                return safe;
            }
        });
    }

    @Test
    void noticesThatOneMessageTooManyIsSettled() {
        assertNoticed("", new Tampering() {
            @Override
            public Outcomes outcomes(Outcomes pipeline) {
                return new OneTooFar(pipeline);
            }
        });
    }

    @Test
    void noticesAMessageThatIsAckedAndNotStored() {
        assertNoticed("no offset beyond what is not settled", new Tampering() {
            @Override
            public boolean stores(Delivery delivery) {
                return delivery.id % 1000 != 999;
            }
        });
    }

    @Test
    void noticesThatAReportGotLost() {
        assertNoticed("no offset beyond what is not settled", new Tampering() {
            @Override
            public boolean reports(Delivery delivery) {
                return false;
            }
        });
    }

    @Test
    void noticesThatWhatWasDroppedDoesNotComeAgain() {
        assertNoticed("", new Tampering() {
            @Override
            public boolean seeks() {
                return false;
            }
        });
    }

    @Test
    void noticesThatAClosedPartitionIsPublished() {
        assertNoticed("nothing of a closed partition is ", new Tampering() {
            @Override
            public boolean closes() {
                return false;
            }
        });
    }

    @Test
    void noticesThatPartitionsStayPaused() {
        assertNoticed("", new Tampering() {
            @Override
            public boolean resumes() {
                return false;
            }
        });
    }

    @Test
    void noticesAMessageThatIsNotSentAgain() {
        assertNoticed("", new Tampering() {
            @Override
            public Outcomes outcomes(Outcomes pipeline) {
                return new OneTooFew(pipeline);
            }
        });
    }

    @Test
    void noticesAnAckThatIsForgotten() {
        assertNoticed("", new Tampering() {
            @Override
            public Outcomes outcomes(Outcomes pipeline) {
                return new Forgetful(pipeline);
            }
        });
    }

    /** In each of some worlds a promise must be found broken: this one, or any if it is empty. */
    private static void assertNoticed(String promise, Tampering tampering) {
        for (long seed : List.of(1L, 2L, 3L, 4L, 5L)) {
            assertThatThrownBy(() -> new ConnectSimulation(seed, tampering).run(20_000))
                    .as("seed %s", seed)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContainingAll("of seed " + seed + ": ", promise);
        }
    }

    private static final class OneTooFar extends ForwardingOutcomes {
        OneTooFar(Outcomes pipeline) {
            super(pipeline);
        }

        @Override
        public void settled(long position) {
            pipeline.settled(position);
            pipeline.settled(position + 1);
        }

        @Override
        public void settledThrough(long position) {
            pipeline.settledThrough(position + 1);
        }
    }

    private static final class Forgetful extends ForwardingOutcomes {
        Forgetful(Outcomes pipeline) {
            super(pipeline);
        }

        @Override
        public void settled(long position) {
            if (position % 100 != 99) {
                pipeline.settled(position);
            }
        }

        @Override
        public void settledThrough(long position) {
            pipeline.settledThrough(position - position % 100);
        }
    }

    /** Sends one message too few again of those that are not stored. */
    private static final class OneTooFew extends ForwardingOutcomes {
        OneTooFew(Outcomes pipeline) {
            super(pipeline);
        }

        @Override
        public void unsent(long position) {
            // The one at the position itself may have been rejected.
            pipeline.unsent(position + 2);
        }
    }
}
