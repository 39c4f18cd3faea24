package io.jspp.testing.conformance;

import java.util.List;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Records the result of a method with {@link Proves}. */
final class ProvesExtension implements AfterTestExecutionCallback {
    @Override
    public void afterTestExecution(ExtensionContext context) throws Exception {
        Proves proves = context.getRequiredTestMethod().getAnnotation(Proves.class);
        if (proves == null
                || context.getExecutionException()
                        .filter(ProvesExtension::aborted)
                        .isPresent()) {
            return;
        }
        boolean passed = context.getExecutionException().isEmpty();
        Conformance.record(List.of(proves.value()), proves.with(), context.getUniqueId(), passed, "");
    }

    /** Skipped by an assumption: nothing is proved either way. */
    private static boolean aborted(Throwable thrown) {
        return thrown instanceof org.opentest4j.TestAbortedException;
    }
}
