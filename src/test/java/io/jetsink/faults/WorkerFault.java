package io.jetsink.faults;

/** What goes wrong around connectors in workers. */
@FunctionalInterface
interface WorkerFault {
    /** Returns when it is over; {@link WorkerSite#healed()} says from when on, if that is earlier. */
    void strike(WorkerSite site) throws Exception;
}
