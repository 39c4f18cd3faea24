package io.jspp.testing.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** On a test method: its result counts for these features with this front-end on the conformance page. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ProvesExtension.class)
public @interface Proves {
    Feature[] value();

    Peer with();
}
