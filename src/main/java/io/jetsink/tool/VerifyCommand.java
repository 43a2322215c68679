package io.jetsink.tool;

final class VerifyCommand {
    VerifyCommand(ConnectorConfig c, Secrets s) {}
    int run(Arguments a, Output o, Progress p) { return 0; }
}
