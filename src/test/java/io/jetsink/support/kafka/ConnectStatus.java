package io.jetsink.support.kafka;

import java.util.List;

/**
 * What {@code GET /connectors/{name}/status} says.
 *
 * @param state the connector's own state, such as {@code RUNNING}
 * @param trace why the connector failed, or empty
 */
public record ConnectStatus(String state, String trace, List<Task> tasks) {
    public ConnectStatus {
        tasks = List.copyOf(tasks);
    }

    /**
     * @param worker host and port of the worker that has the task
     * @param trace why it failed, or empty
     */
    public record Task(int id, String state, String worker, String trace) {}

    /** Whether the connector and exactly so many tasks are running. */
    public boolean running(int expectedTasks) {
        return state.equals("RUNNING")
                && tasks.size() == expectedTasks
                && tasks.stream().allMatch(task -> task.state().equals("RUNNING"));
    }

    /** Whether anything failed. */
    public boolean failed() {
        return failed(Integer.MAX_VALUE);
    }

    /** Whether the connector or one of its first so many tasks failed. */
    public boolean failed(int firstTasks) {
        return state.equals("FAILED")
                || tasks.stream()
                        .anyMatch(task -> task.id() < firstTasks && task.state().equals("FAILED"));
    }
}
