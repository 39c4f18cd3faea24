package io.jspp.controller.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * What the demo runs inside a network namespace, so that it needs no program beyond the JDK: echo requests, and a TCP transfer
 * with a checksum over its bytes. Prints one line per fact; exit code 1 when something is lost.
 */
public final class NetnsProbe {
    private static final int TIMEOUT_MS = 10_000;

    private NetnsProbe() {}

    /** {@code ping ADDRESS COUNT}, {@code receive PORT} or {@code send ADDRESS PORT BYTES}. */
    public static void main(String[] words) throws IOException {
        boolean good = switch (words[0]) {
            case "ping" -> ping(words[1], Integer.parseInt(words[2]));
            case "receive" -> receive(Integer.parseInt(words[1]));
            case "send" -> send(words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]));
            default -> throw new IllegalArgumentException("ping, receive or send expected: " + words[0]);
        };
        System.exit(good ? 0 : 1);
    }

    private static boolean ping(String address, int count) throws IOException {
        InetAddress peer = InetAddress.getByName(address);
        int received = 0;
        for (int i = 0; i < count; i++) {
            if (peer.isReachable(1000)) {
                received++;
            }
        }
        System.out.println(count + " echo requests to " + address + ", " + received + " answered");
        return received == count;
    }

    private static boolean receive(int port) throws IOException {
        try (ServerSocket server = new ServerSocket(port)) {
            server.setSoTimeout(6 * TIMEOUT_MS);
            System.out.println("ready");
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(TIMEOUT_MS);
                CRC32 crc = new CRC32();
                long total = 0;
                byte[] buffer = new byte[1 << 16];
                InputStream in = socket.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    crc.update(buffer, 0, n);
                    total += n;
                }
                System.out.printf("received %d bytes, crc %08x%n", total, crc.getValue());
            }
        }
        return true;
    }

    private static boolean send(String address, int port, long bytes) throws IOException {
        CRC32 crc = new CRC32();
        Random random = new Random(bytes);
        byte[] buffer = new byte[1 << 16];
        long startNs = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), TIMEOUT_MS);
            OutputStream out = socket.getOutputStream();
            for (long left = bytes; left > 0; ) {
                int n = (int) Math.min(left, buffer.length);
                random.nextBytes(buffer);
                crc.update(buffer, 0, n);
                out.write(buffer, 0, n);
                left -= n;
            }
        }
        double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf("sent %d bytes, crc %08x, %.0f Mbit/s%n", bytes, crc.getValue(), bytes * 8 / seconds / 1e6);
        return true;
    }
}
