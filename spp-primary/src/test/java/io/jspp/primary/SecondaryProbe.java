package io.jspp.primary;

import io.jspp.attach.AttachClient;
import io.jspp.config.ProcessException;
import io.jspp.linux.FileDescriptor;
import io.jspp.mbuf.RingSender;
import io.jspp.mbuf.SwitchSegment;
import io.jspp.port.Claims;
import io.jspp.port.Direction;
import io.jspp.port.PortException;
import io.jspp.port.PortId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A secondary that does what its stdin says, one answer per line beginning with {@code "> "}. Arguments: SOCKET ID TYPE [fresh]. */
public final class SecondaryProbe {
    private final AttachClient client;
    private final SwitchSegment segment;
    private final List<FileDescriptor> granted = new ArrayList<>();

    private SecondaryProbe(AttachClient client) {
        this.client = client;
        this.segment = SwitchSegment.attach(client.segment().duplicate());
    }

    public static void main(String[] args) throws Exception {
        AttachClient.Identity identity = new AttachClient.Identity(
                Path.of(args[0]), Integer.parseInt(args[1]), args[2], args.length > 3 && args[3].equals("fresh"), 20);
        try {
            AttachClient client =
                    AttachClient.attach(identity, System.out::println, () -> System.out.println("replaced"));
            new SecondaryProbe(client).serve();
        } catch (ProcessException e) {
            System.err.println(e.getMessage());
            System.exit(e.exitCode());
        }
    }

    private void serve() throws IOException {
        System.out.println("attached epoch " + client.epoch() + (client.resumes() ? " resumes" : ""));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer;
            try {
                answer = obey(line.split(" "));
            } catch (PortException e) {
                answer = "refused: " + e.getMessage();
            }
            System.out.println("> " + answer);
        }
        FileDescriptor.closeAll(granted);
        client.close();
        segment.close();
    }

    private String obey(String[] words) {
        switch (words[0]) {
            case "claim" -> {
                Claims.Grant grant = client.claim(PortId.parse(words[1]), 0, Direction.parse(words[2]));
                granted.addAll(grant.fds());
                return "granted " + grant.fds().size() + " " + grant.attributes();
            }
            case "release" -> {
                client.release(PortId.parse(words[1]), 0, Direction.parse(words[2]));
                return "released";
            }
            case "leased" -> {
                int ring = Integer.parseInt(words[1]);
                return "leased " + new RingSender(segment, ring, client.clientId(), client.epoch(), 0).freeMbufs();
            }
            case "commit" -> {
                segment.clients().configuration(client.clientId()).commit(words[1].getBytes(StandardCharsets.UTF_8));
                return "committed";
            }
            case "committed" -> {
                byte[] bytes =
                        segment.clients().configuration(client.clientId()).read();
                return bytes == null ? "nothing" : new String(bytes, StandardCharsets.UTF_8);
            }
            case "devices" -> {
                return client.devices().toString();
            }
            case "attached" -> {
                return client.attached() + " " + client.primaryPid();
            }
            case "hangup" -> {
                client.close();
                return "closed";
            }
            case "forget" -> {
                client.forget();
                return "forgotten";
            }
            default -> {
                return "unknown " + words[0];
            }
        }
    }
}
