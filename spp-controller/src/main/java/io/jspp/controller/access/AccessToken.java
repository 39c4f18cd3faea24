package io.jspp.controller.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The word that opens a controller's REST over TCP, sent as {@code Authorization: Bearer TOKEN} (RFC 6750). It lives in a file
 * that only its owner can read; its text never appears in a message. Immutable.
 */
public final class AccessToken {
    /** Environment variable with the file's path, for {@code ctl} and its clients. */
    public static final String ENVIRONMENT = "SPP_TOKEN_FILE";

    private static final String SCHEME = "Bearer ";
    private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9._~+/=-]{16,512}");
    private static final int RANDOM_BYTES = 32;
    private static final long MAX_FILE_BYTES = 1024;
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final byte[] text;

    private AccessToken(final String text) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads a token; a file that is not there is made, with a random one.
     *
     * @throws IOException with a sentence for the user
     */
    public static AccessToken readOrCreate(final Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
            final byte[] random = new byte[RANDOM_BYTES];
            new SecureRandom().nextBytes(random);
            Files.writeString(
                    file,
                    Base64.getUrlEncoder().withoutPadding().encodeToString(random) + '\n',
                    StandardOpenOption.WRITE);
        } catch (final FileAlreadyExistsException there) {
            return read(file);
        } catch (final IOException failure) {
            throw new IOException("cannot make the token file " + file + ": " + describe(failure), failure);
        }
        return read(file);
    }

    /**
     * Reads a token.
     *
     * @throws IOException with a sentence for the user when the file is absent, open to others, or holds no token
     */
    public static AccessToken read(final Path file) throws IOException {
        final String content;
        try {
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNER.containsAll(permissions)) {
                throw new IOException("token file " + file + ": others can use it ("
                        + PosixFilePermissions.toString(permissions) + "); chmod 600 it");
            }
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE_BYTES) {
                throw new IOException("token file " + file + ": not a file of one line");
            }
            content = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (final NoSuchFileException absent) {
            throw new IOException("token file " + file + ": there is none; ctl makes it", absent);
        }
        if (!SYNTAX.matcher(content).matches()) {
            throw new IOException("token file " + file
                    + ": a token is one line of 16 to 512 characters A-Z a-z 0-9 . _ ~ + / = -; remove the file and ctl"
                    + " makes another");
        }
        return new AccessToken(content);
    }

    /** The value of the {@code Authorization} header that brings this token. */
    public String header() {
        return SCHEME + new String(text, StandardCharsets.US_ASCII);
    }

    /** Whether this value of an {@code Authorization} header, or null, brings it; takes the same time for every wrong one of a length. */
    public boolean isBroughtBy(final String header) {
        return header != null
                && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        text, header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String describe(final IOException failure) {
        return failure instanceof NoSuchFileException ? "its directory is not there" : failure.getMessage();
    }
}
