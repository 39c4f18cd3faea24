package io.jspp.fuzz;

/** An input that the product did wrong with. */
record Finding(String signature, Throwable failure, byte[] input) {
    static Finding of(Throwable failure, byte[] input) {
        return new Finding(signature(failure), failure, input);
    }

    /** Kind of failure and the innermost place in this project: one signature, one fault, as a rule. */
    private static String signature(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (frame.getClassName().startsWith("io.jspp.")
                    && !frame.getClassName().startsWith("io.jspp.fuzz.")
                    && !frame.getClassName().equals("io.jspp.memory.Memory")) {
                return failure.getClass().getSimpleName() + " at " + frame;
            }
        }
        return failure.toString();
    }
}
