package io.jspp.testing.conformance;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * One result of one test: a file under {@code target/conformance}, in the format of {@link Properties}.
 *
 * @param jdk feature version of the JDK that ran it
 * @param test name of the test; another run of it replaces the result
 * @param measured figures for the page, as {@code gap 310 ms}; may be empty
 */
record Outcome(Item item, Peer peer, int jdk, String test, boolean passed, String measured) {
    private static final String SUFFIX = ".properties";

    void write(Path directory) {
        Properties properties = new Properties();
        properties.setProperty("item", item.name());
        properties.setProperty("peer", peer.name());
        properties.setProperty("jdk", Integer.toString(jdk));
        properties.setProperty("test", test);
        properties.setProperty("passed", Boolean.toString(passed));
        properties.setProperty("measured", measured);
        String name =
                item.name() + "-" + peer.name() + "-jdk" + jdk + "-" + Integer.toHexString(test.hashCode()) + SUFFIX;
        try {
            Files.createDirectories(directory);
            try (Writer writer = Files.newBufferedWriter(directory.resolve(name))) {
                properties.store(writer, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("write " + directory.resolve(name), e);
        }
    }

    /** Every result below {@code directory}; none when there is no such directory. */
    static List<Outcome> readAll(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .map(Outcome::read)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("list " + directory, e);
        }
    }

    private static Outcome read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
        }
        return new Outcome(
                Item.named(properties.getProperty("item")),
                Peer.valueOf(properties.getProperty("peer")),
                Integer.parseInt(properties.getProperty("jdk")),
                properties.getProperty("test"),
                Boolean.parseBoolean(properties.getProperty("passed")),
                properties.getProperty("measured"));
    }
}
