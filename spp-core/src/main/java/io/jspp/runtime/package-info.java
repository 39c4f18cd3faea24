/** What a process that moves packets consists of, whichever it is: workers, ports, counters, what it commits for its successor, and its patch panel. */
package io.jspp.runtime;
