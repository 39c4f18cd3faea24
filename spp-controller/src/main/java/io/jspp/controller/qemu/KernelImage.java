package io.jspp.controller.qemu;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Takes the ELF image out of a bzImage, so that QEMU starts it directly (PVH) rather than unpack it under emulation. The
 * payload's place: Linux Documentation/x86/boot.rst, {@code payload_offset}; its format here: LZ4 legacy frames.
 */
final class KernelImage {
    private static final int LZ4_LEGACY_MAGIC = 0x184c2102;
    private static final int BLOCK_BYTES = 8 << 20;

    private KernelImage() {}

    static void extract(Path bzImage, Path elf) throws IOException {
        ByteBuffer image = ByteBuffer.wrap(Files.readAllBytes(bzImage)).order(ByteOrder.LITTLE_ENDIAN);
        int setupSectors = Byte.toUnsignedInt(image.get(0x1f1));
        int start = (setupSectors + 1) * 512 + image.getInt(0x248);
        // The last four bytes of the payload are its unpacked size, appended by the kernel's build.
        int end = start + image.getInt(0x24c) - 4;
        if (image.getInt(start) != LZ4_LEGACY_MAGIC) {
            throw new IOException(bzImage + ": payload is not LZ4 as in Debian's cloud kernel, magic "
                    + Integer.toHexString(image.getInt(start)));
        }
        LZ4SafeDecompressor lz4 = LZ4Factory.safeInstance().safeDecompressor();
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream out = Files.newOutputStream(elf)) {
            for (int at = start + 4; at + 4 <= end; ) {
                int size = image.getInt(at);
                int unpacked = lz4.decompress(image.array(), at + 4, size, block, 0);
                out.write(block, 0, unpacked);
                at += 4 + size;
            }
        }
    }
}
