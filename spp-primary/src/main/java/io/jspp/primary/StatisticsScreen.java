package io.jspp.primary;

import io.jspp.port.PortId;
import java.io.PrintStream;
import java.util.Map;

/** {@code --disp-stats}: the counters on the terminal, drawn again every second. Main thread. */
final class StatisticsScreen {
    private static final String CLEAR = "\u001b[2J\u001b[H";

    private final PrimaryStatus status;
    private final PrintStream out;
    private final boolean terminal;

    StatisticsScreen(PrimaryStatus status, PrintStream out, boolean terminal) {
        this.status = status;
        this.out = out;
        this.terminal = terminal;
    }

    void draw() {
        StringBuilder text = new StringBuilder(terminal ? CLEAR : "");
        text.append(String.format("%-12s %16s %16s %16s %16s%n", "port", "rx", "rx drop", "tx", "tx drop"));
        for (Map.Entry<PortId, PrimaryStatus.PortCounts> entry : status.counts().entrySet()) {
            PrimaryStatus.PortCounts c = entry.getValue();
            text.append(String.format(
                    "%-12s %16d %16d %16d %16d%n", entry.getKey(), c.rx(), c.rxDrop(), c.tx(), c.txDrop()));
        }
        out.print(text);
        out.flush();
    }
}
