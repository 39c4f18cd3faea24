package io.jspp.testing;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Evaluates {@link Requires} on a test class or method; JUnit asks once for each. */
final class RequiresCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Set<Need> needs = new LinkedHashSet<>();
        context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, Requires.class))
                .ifPresent(requires -> needs.addAll(Arrays.asList(requires.value())));
        String absent =
                needs.stream().map(Need::absence).flatMap(Optional::stream).collect(Collectors.joining("; "));
        return absent.isEmpty()
                ? ConditionEvaluationResult.enabled("everything needed is here")
                : ConditionEvaluationResult.disabled(absent);
    }
}
