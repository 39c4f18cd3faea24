package io.jspp.config;

/** What {@code --version} of a command says. */
public final class Version {
    private Version() {}

    /** {@code spp lab 0.1.0-SNAPSHOT (Java 17.0.15, /usr/lib/jvm/java-17-openjdk-amd64)}; "unpackaged" when the classes are not from our jar. */
    public static String of(String command) {
        String packaged = Version.class.getPackage().getImplementationVersion();
        return command + " " + (packaged == null ? "unpackaged" : packaged) + " (Java "
                + System.getProperty("java.version") + ", " + System.getProperty("java.home") + ")";
    }
}
