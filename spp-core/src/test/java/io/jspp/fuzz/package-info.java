/**
 * Coverage-guided fuzzing in process, without a tool of others: {@link io.jspp.fuzz.InstrumentingLoader} inserts counters into the product's
 * classes, {@link io.jspp.fuzz.Fuzzer} mutates inputs and keeps those that reach new code, {@link io.jspp.fuzz.Guard} watches every access of
 * {@link io.jspp.memory.Memory} and can change guest memory before the n-th read of a call, so that races with a hostile guest are repeatable. A
 * target is a {@link io.jspp.fuzz.FuzzTarget} beside the classes it tests. docs/testing.md tells how to run it.
 */
package io.jspp.fuzz;
