package io.jetsink.faults;

/** What goes wrong around tasks in this JVM. */
@FunctionalInterface
interface TaskFault {
    /** Returns when it is over; {@link TaskSite#healed()} says from when on, if that is earlier. */
    void strike(TaskSite site) throws Exception;
}
