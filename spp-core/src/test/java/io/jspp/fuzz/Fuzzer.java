package io.jspp.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Runs one target for a time: seeds, former failures and a kept corpus first, then mutations of what reached new code. Files, all of them text but the
 * last, are in one directory:
 *
 * <pre>
 *   TARGET.corpus    inputs that reached new code, appended as they are found
 *   TARGET.findings  inputs that failed, minimised
 *   TARGET.last      the input at work, so that one that ends the JVM is known: length (int, little-endian), bytes
 * </pre>
 */
final class Fuzzer {
    private static final int MAX_INPUT = 1024;
    private static final int LEAK_CHECK_EVERY = 2000;
    private static final int MINIMISE_RUNS = 5000;
    private static final long REPORT_NS = 60_000_000_000L;

    private final String name;
    private final FuzzTarget target;
    private final long seed;
    private final Path directory;
    private final Random random;
    private final Mutator mutator;
    private final List<byte[]> corpus = new ArrayList<>();
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private ByteBuffer last;
    private long executions;
    private boolean keep;

    Fuzzer(String name, FuzzTarget target, long seed, Path directory) {
        this.name = name;
        this.target = target;
        this.seed = seed;
        this.directory = directory;
        this.random = new Random(seed);
        this.mutator = new Mutator(random, target.dictionary(), MAX_INPUT);
    }

    /** Fuzzes for {@code seconds}; the findings, one of each kind. */
    List<Finding> run(double seconds) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve(name + ".last");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            last = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4 + 2 * MAX_INPUT)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        }
        long begin = System.nanoTime();
        begin();
        long end = begin + (long) (seconds * 1e9);
        long report = begin + REPORT_NS;
        long now = System.nanoTime();
        while (now < end) {
            try_(next());
            now = System.nanoTime();
            if (now >= report) {
                report = now + REPORT_NS;
                System.out.println(summary(now - begin));
            }
        }
        checkLeaks(new byte[0]);
        System.out.println(summary(System.nanoTime() - begin));
        return List.copyOf(findings.values());
    }

    private void begin() {
        keep = false;
        target.seeds().forEach(this::try_);
        HexCorpus.regressions(name).forEach(this::try_);
        HexCorpus.read(directory.resolve(name + ".corpus")).forEach(this::try_);
        keep = true;
        if (corpus.isEmpty()) {
            corpus.add(mutator.random(64));
        }
    }

    private byte[] next() {
        // The newest inputs are worth more: code behind them has been mutated least.
        int size = corpus.size();
        int pick = random.nextInt(3) == 0 ? size - 1 - random.nextInt(Math.min(size, 32)) : random.nextInt(size);
        return mutator.mutate(corpus.get(pick), corpus.get(random.nextInt(size)));
    }

    private void try_(byte[] input) {
        executions++;
        Throwable failure = execute(input);
        if (Coverage.isNew()) {
            corpus.add(input);
            if (keep) {
                HexCorpus.append(directory.resolve(name + ".corpus"), input, "");
            }
        }
        if (failure != null) {
            found(failure, input);
        }
        if (executions % LEAK_CHECK_EVERY == 0) {
            checkLeaks(input);
        }
    }

    private Throwable execute(byte[] input) {
        last.putInt(0, input.length).position(4).put(input, 0, Math.min(input.length, 2 * MAX_INPUT));
        Coverage.begin();
        try {
            target.run(new FuzzInput(input));
            return null;
        } catch (Exception | AssertionError | StackOverflowError | InternalError e) {
            return e;
        }
    }

    private void checkLeaks(byte[] input) {
        try {
            target.checkLeaks();
        } catch (AssertionError e) {
            found(e, input);
        }
    }

    private void found(Throwable failure, byte[] input) {
        Finding finding = Finding.of(failure, input);
        if (findings.containsKey(finding.signature())) {
            return;
        }
        Finding smallest = minimise(finding);
        findings.put(finding.signature(), smallest);
        HexCorpus.append(
                directory.resolve(name + ".findings"),
                smallest.input(),
                failure.toString().lines().findFirst().orElse(""));
        System.out.println("FINDING of target " + name + ": " + finding.signature() + ", input "
                + java.util.HexFormat.of().formatHex(smallest.input()));
        failure.printStackTrace(System.out);
    }

    /** Leaves out and zeroes pieces as long as the failure stays the same. */
    private Finding minimise(Finding finding) {
        Set<String> tried = new HashSet<>();
        Finding best = finding;
        boolean better = true;
        for (int size = Integer.highestOneBit(Math.max(1, finding.input().length)); better || size > 1; ) {
            better = false;
            for (int at = 0; at < best.input().length && tried.size() < MINIMISE_RUNS; ) {
                int count = Math.min(size, best.input().length - at);
                Finding shorter = same(best, Mutator.replace(best.input(), at, count, new byte[0]), tried);
                Finding zeroed = shorter != null
                        ? null
                        : same(best, Mutator.replace(best.input(), at, count, new byte[count]), tried);
                if (shorter != null) {
                    best = shorter;
                    better = true;
                } else if (zeroed != null) {
                    best = zeroed;
                    at += count;
                } else {
                    at += count;
                }
            }
            if (tried.size() >= MINIMISE_RUNS) {
                break;
            }
            size = Math.max(1, size / 2);
        }
        return best;
    }

    private Finding same(Finding finding, byte[] input, Set<String> tried) {
        if (!tried.add(java.util.HexFormat.of().formatHex(input))) {
            return null;
        }
        Throwable failure = execute(input);
        return failure != null && Finding.of(failure, input).signature().equals(finding.signature())
                ? new Finding(finding.signature(), failure, input)
                : null;
    }

    private String summary(long ns) {
        return String.format(
                "fuzz %s: seed %d, %d executions in %.0f s, %.0f/s, corpus %d, %d edges, %d of %d blocks, %d findings",
                name,
                seed,
                executions,
                ns / 1e9,
                executions * 1e9 / ns,
                corpus.size(),
                Coverage.edges(),
                Coverage.blocksReached(),
                Coverage.blocks(),
                findings.size());
    }
}
