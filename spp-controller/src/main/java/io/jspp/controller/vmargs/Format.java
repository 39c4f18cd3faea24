package io.jspp.controller.vmargs;

import java.util.List;

/** One program's arguments for a machine. */
interface Format {
    /** What stands in place of the arguments of a program that would end the path of a socket at its comma. */
    List<String> NO_COMMA =
            List.of("# nothing: the socket's path has a comma, where this program ends a path: give the nfv"
                    + " another --sock-dir");

    /** Title of the block. */
    String title();

    /** The block's lines, ready to paste, comments included. */
    List<String> lines(Machine machine);
}
