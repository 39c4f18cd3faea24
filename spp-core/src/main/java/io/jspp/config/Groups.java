package io.jspp.config;

import static io.jspp.config.UsageException.quoted;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names and numbers of groups, from {@code /etc/group}. */
final class Groups {
    private Groups() {}

    /**
     * The number of a group.
     *
     * @param group name or number; empty for none
     * @return -1 for none
     */
    static int number(String group) {
        if (group.isEmpty()) {
            return -1;
        }
        if (group.matches("[0-9]+")) {
            return Numbers.smallInteger(group, 0, Integer.MAX_VALUE);
        }
        try {
            for (String line : Files.readAllLines(Path.of("/etc/group"), StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(":", -1);
                if (fields.length >= 3 && fields[0].equals(group) && fields[2].matches("[0-9]{1,9}")) {
                    return Integer.parseInt(fields[2]);
                }
            }
        } catch (IOException unreadable) {
            throw new UsageException("group " + quoted(group) + ": /etc/group can't be read, give its number");
        }
        throw new UsageException("group " + quoted(group) + ": no such group in /etc/group");
    }
}
