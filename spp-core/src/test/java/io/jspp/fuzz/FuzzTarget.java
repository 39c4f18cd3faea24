package io.jspp.fuzz;

import java.util.List;

/** Something to be fuzzed: carries out a program of bytes, and throws where the product does wrong. One thread. */
public interface FuzzTarget extends AutoCloseable {
    /** Runs one input from a fresh state; whatever it throws is a finding. */
    void run(FuzzInput input) throws Exception;

    /** Inputs to begin with. */
    List<byte[]> seeds();

    /** Byte sequences that mean something to the target, for the mutator. */
    default List<byte[]> dictionary() {
        return List.of();
    }

    /** Looks, from time to time and at the end, whether the runs so far left anything behind. */
    default void checkLeaks() {}

    @Override
    default void close() {}
}
