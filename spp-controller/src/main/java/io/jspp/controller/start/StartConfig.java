package io.jspp.controller.start;

import io.jspp.control.ProcessKind;
import java.util.List;

/**
 * What {@code ./spp start} starts, checked. Immutable.
 *
 * @param controller where the controller listens
 * @param filePrefix name of this switch below the run directory
 * @param logLevel of primary and secondaries
 * @param logDirectory empty: in the run directory
 * @param socketDirectory where {@code sock<N>} lies
 * @param eal EAL words of the primary, without those that all processes get
 * @param application words of the primary behind {@code --}, without {@code -s}
 * @param recipes files that the shell plays when everything is ready
 * @param state file of desired state that is applied before them, empty for none
 */
record StartConfig(
        Controller controller,
        String filePrefix,
        String logLevel,
        String logDirectory,
        String socketDirectory,
        List<String> eal,
        List<String> application,
        List<Secondary> secondaries,
        List<String> recipes,
        String state) {

    /** Where the controller listens; an IPv6 address has no brackets here. */
    record Controller(String address, int primaryPort, int secondaryPort, int restPort) {
        /** {@code ADDR:PORT}, with the brackets that IPv6 wants; of a controller that listens everywhere, the loopback address. */
        String endpoint(final int port) {
            final String reachable = switch (address) {
                case "0.0.0.0" -> "127.0.0.1";
                case "::" -> "::1";
                default -> address;
            };
            return (reachable.indexOf(':') < 0 ? reachable : '[' + reachable + ']') + ':' + port;
        }
    }

    /**
     * A secondary.
     *
     * @param eal its EAL words, without those that all processes get
     * @param application words behind {@code --}, without id and {@code -s}
     */
    record Secondary(ProcessKind kind, int id, List<String> eal, List<String> application) {}
}
