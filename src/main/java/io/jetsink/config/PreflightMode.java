package io.jetsink.config;

/** When server, stream and user are checked beforehand ({@code preflight}). */
public enum PreflightMode {
    /** Not at all, but for what guarantee and mode need to work. */
    OFF,
    /** When a task starts, before the first record is published. */
    START,
    /** The same, and whenever a configuration is validated. */
    VALIDATE
}
