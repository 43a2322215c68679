package io.jetsink.delivery;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Failures;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One epoch to a server of moods: it answers in order or not, one by one or cumulatively, fails at times, loses answers,
 * and may end with messages stored whose acks are lost. Checks on its side what the pipeline owes a publisher.
 */
final class ModelPublisher implements Publisher {
    private static final Throwable REFUSED = Failures.tooLarge();
    private static final Throwable TRANSIENT = Failures.noResponders();
    private static final Throwable CANCELLED = new CancellationException();

    private enum Answer {
        NONE,
        YES,
        NEVER,
        NOT_NOW
    }

    private static final class Flight {
        final long position;
        final Delivery delivery;
        final int size;
        Answer answer = Answer.NONE;
        boolean answerLost;

        Flight(long position, Delivery delivery, int size) {
            this.position = position;
            this.delivery = delivery;
            this.size = size;
        }
    }

    private final ConnectSimulation world;
    private final Random random;
    private final Tampering tampering;
    private final PipelineFixture.Options limits;
    private final boolean cumulative;
    private final boolean inOrder;
    /** Whether a message that is refused ends a batch, so that nothing behind it is stored. */
    private final boolean inBatches;

    private final NavigableMap<Long, Flight> untold = new TreeMap<>();
    private final List<Flight> unanswered = new ArrayList<>();
    private @Nullable AssignedPartition tooFar;
    private long wanted;
    private long last = -1;
    private int lastId = -1;
    private boolean proven;
    private boolean batchIsOver;
    private boolean over;
    private boolean healthy;

    ModelPublisher(ConnectSimulation world, Random random, Tampering tampering, PipelineFixture.Options limits) {
        this.world = world;
        this.random = random;
        this.tampering = tampering;
        this.limits = limits;
        this.cumulative = random.nextBoolean();
        this.inOrder = cumulative || random.nextBoolean();
        this.inBatches = cumulative && random.nextBoolean();
    }

    /** From now on every message is accepted and acked. */
    void heal() {
        healthy = true;
    }

    /** The server processes this many messages. */
    void work(int messages) {
        for (int i = 0; i < messages && !unanswered.isEmpty() && !over && !batchIsOver; i++) {
            Flight flight = unanswered.remove(inOrder ? 0 : random.nextInt(unanswered.size()));
            answer(flight);
        }
    }

    private void answer(Flight flight) {
        Delivery delivery = flight.delivery;
        if (!healthy && random.nextInt(200) == 0) {
            flight.answer = Answer.NOT_NOW;
        } else if (delivery.fate == Delivery.Fate.REFUSED) {
            flight.answer = Answer.NEVER;
            batchIsOver = inBatches;
        } else {
            if (tampering.stores(delivery)) {
                world.stored(delivery);
            }
            flight.answer = Answer.YES;
        }
        flight.answerLost = !healthy && !cumulative && random.nextInt(300) == 0;
    }

    /** The connection is gone. Some of the messages in flight arrived even so. */
    void end() {
        work(random.nextInt(4));
        for (Flight flight : unanswered) {
            if (flight.delivery.fate == Delivery.Fate.STORED
                    && !batchIsOver
                    && random.nextInt(3) == 0
                    && tampering.stores(flight.delivery)) {
                world.stored(flight.delivery);
            }
        }
        unanswered.clear();
        over = true;
    }

    @Override
    public Mode mode() {
        return Mode.ASYNC;
    }

    @Override
    public int window() {
        return proven ? limits.window() : 1;
    }

    @Override
    public Look look(PendingRecord publication) {
        Delivery delivery = world.delivery(publication.record());
        AssignedPartition stay = publication.partition();
        if (tooFar == stay) {
            return Look.LATER;
        }
        long back = world.back(stay, delivery);
        if (back >= 0) {
            tooFar = stay;
            wanted = back;
            return Look.LATER;
        }
        if (world.isHeld(delivery)) {
            delivery.settled = true;
            delivery.told = true;
            return Look.STORED;
        }
        return Look.PUBLISH;
    }

    @Override
    public boolean publish(long position, PendingRecord publication) {
        OutboundMessage message = publication.message();
        Delivery delivery = world.delivery(message);
        world.publishing(this, delivery);
        world.check(position > last, "positions ascend", position, last);
        world.check(delivery.id > lastId, "messages leave in the order of delivery", delivery, lastId);
        world.check(proven || untold.isEmpty(), "one message proves an epoch", delivery, untold.size());
        if (!untold.isEmpty()) {
            world.check(
                    position - untold.firstKey() < limits.window(), "the window holds", position, untold.firstKey());
            int bytes = untold.values().stream().mapToInt(flight -> flight.size).sum();
            world.check(bytes < limits.maxBytes(), "the bytes of the window hold", bytes);
        }
        if (delivery.fate == Delivery.Fate.UNSENDABLE) {
            throw new RejectedRecordException(ErrorCode.INVALID_SUBJECT, "unsendable");
        }
        if (over || (!healthy && random.nextInt(50) == 0)) {
            return false;
        }
        Flight flight = new Flight(position, delivery, message.size());
        untold.put(position, flight);
        unanswered.add(flight);
        last = position;
        lastId = delivery.id;
        return true;
    }

    @Override
    public void harvest(Outcomes outcomes) {
        Outcomes told = tampering.outcomes(outcomes);
        AssignedPartition stay = tooFar;
        if (stay != null) {
            tooFar = null;
            outcomes.resumeAt(stay, wanted);
        }
        long through = -1;
        while (!untold.isEmpty()) {
            Flight flight = untold.firstEntry().getValue();
            boolean known = flight.answer != Answer.NONE && !flight.answerLost;
            if (!known && !over) {
                break;
            }
            untold.pollFirstEntry();
            if (!known) {
                told.failed(flight.position, CANCELLED);
            } else if (flight.answer == Answer.NEVER) {
                through = tell(told, through);
                told.failed(flight.position, REFUSED);
                if (inBatches) {
                    goBackTo(flight, told);
                }
            } else if (flight.answer == Answer.NOT_NOW) {
                // A cumulative ack cannot pass what was not stored.
                through = tell(told, through);
                told.failed(flight.position, TRANSIENT);
                if (cumulative) {
                    untold.clear();
                    unanswered.clear();
                }
            } else {
                flight.delivery.told = true;
                proven = true;
                if (cumulative) {
                    through = flight.position;
                } else {
                    told.settled(flight.position);
                }
            }
        }
        tell(told, through);
        if (inOrder && !over && !healthy && !untold.isEmpty() && random.nextInt(200) == 0) {
            takeNothingFrom(untold.firstEntry().getValue(), told);
        }
    }

    /** As when a batch is refused: nothing of it is stored. */
    private void takeNothingFrom(Flight first, Outcomes told) {
        if (first.answer == Answer.NONE) {
            goBackTo(first, told);
        }
    }

    private void goBackTo(Flight first, Outcomes told) {
        untold.clear();
        unanswered.clear();
        batchIsOver = false;
        last = first.position - 1;
        lastId = first.delivery.id - 1;
        told.unsent(first.position);
    }

    private static long tell(Outcomes told, long through) {
        if (through >= 0) {
            told.settledThrough(through);
        }
        return -1;
    }

    @Override
    public void flush() {
        work(random.nextInt(3));
    }

    @Override
    public boolean await(long position, long nanos) {
        world.check(nanos > 0, "nobody waits for nothing", nanos);
        if (untold.isEmpty() || untold.firstKey() > position) {
            return false;
        }
        world.waiting(this, nanos);
        return true;
    }
}
