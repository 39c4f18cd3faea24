package io.jspp.controller.vmargs;

import java.util.List;

/** One program's arguments for a machine. */
interface Format {
    /** Title of the block. */
    String title();

    /** The block's lines, ready to paste, comments included. */
    List<String> lines(Machine machine);
}
