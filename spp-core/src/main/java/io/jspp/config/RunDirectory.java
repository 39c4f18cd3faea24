package io.jspp.config;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a primary and its secondaries meet: {@code BASE/<file-prefix>}. BASE is the first usable of {@code /run/spp},
 * {@code $XDG_RUNTIME_DIR/spp} and {@code ${TMPDIR:-/tmp}/spp-UID}: a directory (no link) of this user with mode 0700, made when absent.
 * Removed again when empty. Control thread.
 */
public final class RunDirectory {
    private final Path base;
    private final Path path;

    private RunDirectory(Path base, Path path) {
        this.base = base;
        this.path = path;
    }

    /**
     * Chooses the directory and makes it.
     *
     * @param explicit base directory named by the operator, or empty
     * @throws ProcessException when no candidate is usable, with the reason of each
     */
    public static RunDirectory select(String explicit, String filePrefix, Map<String, String> environment) {
        StringBuilder reasons = new StringBuilder();
        for (Path candidate : candidates(explicit, environment)) {
            String reason = prepare(candidate);
            if (reason.isEmpty()) {
                RunDirectory directory = new RunDirectory(candidate, candidate.resolve(filePrefix));
                directory.create();
                return directory;
            }
            reasons.append(reasons.isEmpty() ? "" : "; ")
                    .append(candidate)
                    .append(": ")
                    .append(reason);
        }
        throw new ProcessException(
                ExitCode.FAILED,
                "no usable run directory (" + reasons
                        + "): set XDG_RUNTIME_DIR or --set run.dir=DIR to a directory of your own");
    }

    private static List<Path> candidates(String explicit, Map<String, String> environment) {
        if (!explicit.isEmpty()) {
            return List.of(Path.of(explicit).toAbsolutePath());
        }
        List<Path> candidates = new ArrayList<>(List.of(Path.of("/run/spp")));
        String xdg = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (xdg.startsWith("/")) {
            candidates.add(Path.of(xdg, "spp"));
        }
        String tmp = environment.getOrDefault("TMPDIR", "");
        candidates.add(Path.of(tmp.startsWith("/") ? tmp : "/tmp", "spp-" + effectiveUser()));
        return candidates;
    }

    /** The path that {@link #select} would choose now, without making anything. */
    public static Path expected(String explicit, String filePrefix, Map<String, String> environment) {
        List<Path> candidates = candidates(explicit, environment);
        for (Path candidate : candidates) {
            boolean usable = Files.exists(candidate, LinkOption.NOFOLLOW_LINKS)
                    ? inspect(candidate).isEmpty()
                    : Files.isWritable(candidate.getParent());
            if (usable) {
                return candidate.resolve(filePrefix);
            }
        }
        return candidates.get(candidates.size() - 1).resolve(filePrefix);
    }

    /** Effective user id of this process. */
    public static int effectiveUser() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "look at /proc/self: " + e.getMessage() + " (mount /proc)", e);
        }
    }

    /** The directory itself, mode 0700; may have been removed by another process that ended: {@link #create} makes it again. */
    public Path path() {
        return path;
    }

    /** Makes the directory if it is absent. */
    public void create() {
        for (Path directory : List.of(base, path)) {
            String reason = prepare(directory);
            if (!reason.isEmpty()) {
                throw new ProcessException(ExitCode.FAILED, "run directory " + directory + ": " + reason);
            }
        }
    }

    /** Removes the directory and its base when they are empty. */
    public void removeIfEmpty() {
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(base);
        } catch (DirectoryNotEmptyException somebodyElseUsesIt) {
            return;
        } catch (IOException e) {
            throw new ProcessException(ExitCode.FAILED, "remove run directory " + path + ": " + e.getMessage(), e);
        }
    }

    /** Makes a directory usable; returns why it is not, or an empty string. */
    private static String prepare(Path directory) {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return "";
        } catch (FileAlreadyExistsException exists) {
            return inspect(directory);
        } catch (NoSuchFileException e) {
            return "no directory " + directory.getParent();
        } catch (IOException e) {
            return "can't be made (" + reason(e) + ")";
        }
    }

    private static String inspect(Path directory) {
        try {
            Map<String, Object> facts =
                    Files.readAttributes(directory, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(facts.get("isDirectory"))) {
                return "not a directory";
            }
            int user = effectiveUser();
            if ((Integer) facts.get("uid") != user) {
                return "belongs to user " + facts.get("uid") + ", not to " + user;
            }
            int mode = (Integer) facts.get("mode") & 0777;
            if (mode != 0700) {
                return "mode is " + Integer.toOctalString(mode) + " instead of 700 (chmod 700 " + directory + ")";
            }
            return Files.isWritable(directory) ? "" : "not writable";
        } catch (IOException e) {
            return reason(e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof java.nio.file.FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
    }
}
