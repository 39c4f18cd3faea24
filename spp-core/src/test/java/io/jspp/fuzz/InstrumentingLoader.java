package io.jspp.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Loads this project's classes anew, the fuzzer's own excepted. Product classes whose names begin as told get a call of {@link Coverage#hit} at
 * each block's beginning; accesses to memory get a call of {@link Guard}.
 */
final class InstrumentingLoader extends ClassLoader {
    private static final String PROJECT = "io.jspp.";
    private static final String FUZZER = "io.jspp.fuzz.";
    private static final String COVERAGE = "io/jspp/fuzz/Coverage";
    private static final String GUARD = "io/jspp/fuzz/Guard";
    private static final String MEMORY = "io.jspp.memory.Memory";
    private static final String LINUX = "io.jspp.linux.Linux";

    private final Set<String> covered;

    /** @param covered name prefixes of the classes whose coverage guides */
    InstrumentingLoader(ClassLoader parent, Set<String> covered) {
        super(parent);
        this.covered = covered;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PROJECT) || name.startsWith(FUZZER)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String resource = name.replace('.', '/') + ".class";
        try (InputStream in = getParent().getResourceAsStream(resource)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = instrument(name, in.readAllBytes());
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private byte[] instrument(String name, byte[] original) {
        boolean count = covered.stream().anyMatch(name::startsWith) && !isTest(name);
        boolean guard = name.equals(MEMORY) || name.equals(LINUX);
        if (!count && !guard) {
            return original;
        }
        ClassNode node = new ClassNode();
        new ClassReader(original).accept(node, 0);
        for (MethodNode method : node.methods) {
            if (method.instructions.size() == 0) {
                continue;
            }
            if (count) {
                count(method);
            }
            if (name.equals(MEMORY)) {
                guardMemory(method);
            } else if (name.equals(LINUX)) {
                guardMappings(method);
            }
        }
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        node.accept(writer);
        return writer.toByteArray();
    }

    private static boolean isTest(String name) {
        String outer = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
        URL url = InstrumentingLoader.class.getClassLoader().getResource(outer.replace('.', '/') + ".class");
        return url == null
                || url.toString().contains("/test-classes/")
                || url.toString().contains("-tests.jar!");
    }

    // ---- coverage

    private static void count(MethodNode method) {
        Set<AbstractInsnNode> starts = new HashSet<>();
        for (TryCatchBlockNode block : method.tryCatchBlocks) {
            starts.add(block.handler);
        }
        for (AbstractInsnNode insn : method.instructions) {
            if (insn instanceof JumpInsnNode jump) {
                starts.add(jump.label);
                if (jump.getOpcode() != Opcodes.GOTO) {
                    starts.add(jump);
                }
            } else if (insn instanceof TableSwitchInsnNode table) {
                starts.addAll(table.labels);
                starts.add(table.dflt);
            } else if (insn instanceof LookupSwitchInsnNode table) {
                starts.addAll(table.labels);
                starts.add(table.dflt);
            }
        }
        method.instructions.insert(hit());
        for (AbstractInsnNode start : starts) {
            AbstractInsnNode at = start;
            // A frame belongs to its label.
            while (at.getNext() instanceof FrameNode
                    || at.getNext() instanceof LineNumberNode
                    || start instanceof LabelNode && at.getNext() instanceof LabelNode) {
                at = at.getNext();
            }
            // Frames name an object under construction by the label before its NEW.
            if (at.getNext() != null && at.getNext().getOpcode() == Opcodes.NEW) {
                at = at.getNext();
            }
            method.instructions.insert(at, hit());
        }
    }

    private static InsnList hit() {
        InsnList code = new InsnList();
        code.add(new LdcInsnNode(Coverage.newBlock()));
        code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, COVERAGE, "hit", "(I)V"));
        return code;
    }

    // ---- memory

    private static void guardMemory(MethodNode method) {
        String name = method.name;
        switch (name) {
            case "allocate" -> beforeReturn(method, "allocated", 0);
            case "free" -> method.instructions.insert(call("freed", 0, -1));
            case "copy" -> {
                method.instructions.insert(checked("access", 2, 4));
                method.instructions.insert(checked("read", 0, 4));
            }
            case "fill" -> method.instructions.insert(call("access", 0, 2));
            case "get" -> method.instructions.insert(checked("read", 0, 4));
            case "put" -> method.instructions.insert(checked("access", 0, 4));
            default -> {
                int bytes = width(name);
                if (bytes > 0) {
                    String kind = name.startsWith("get") ? "read" : "access";
                    InsnList code = new InsnList();
                    code.add(new VarInsnNode(Opcodes.LLOAD, 0));
                    code.add(new LdcInsnNode((long) bytes));
                    code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, GUARD, kind, "(JJ)V"));
                    method.instructions.insert(code);
                }
            }
        }
    }

    private static int width(String name) {
        if (!name.startsWith("get") && !name.startsWith("put") && !name.startsWith("cas")) {
            return 0;
        }
        return name.contains("Long") ? 8 : name.contains("Int") ? 4 : name.contains("Short") ? 2 : 1;
    }

    private static void guardMappings(MethodNode method) {
        if (method.name.equals("mmap")) {
            beforeReturn(method, "mapped", 2);
        } else if (method.name.equals("munmap")) {
            method.instructions.insert(call("unmapped", 0, 2));
        }
    }

    /** A call with the long at local {@code first}, and the one at {@code second} if there is one. */
    private static InsnList call(String name, int first, int second) {
        InsnList code = new InsnList();
        code.add(new VarInsnNode(Opcodes.LLOAD, first));
        if (second >= 0) {
            code.add(new VarInsnNode(Opcodes.LLOAD, second));
        }
        code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, GUARD, name, second >= 0 ? "(JJ)V" : "(J)V"));
        return code;
    }

    /** A call with the long at local {@code address} and the int at {@code length}. */
    private static InsnList checked(String name, int address, int length) {
        InsnList code = new InsnList();
        code.add(new VarInsnNode(Opcodes.LLOAD, address));
        code.add(new VarInsnNode(Opcodes.ILOAD, length));
        code.add(new InsnNode(Opcodes.I2L));
        code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, GUARD, name, "(JJ)V"));
        return code;
    }

    /** A call with the address that is returned and the length that is the argument at {@code local}. */
    private static void beforeReturn(MethodNode method, String name, int local) {
        for (AbstractInsnNode insn : method.instructions.toArray()) {
            if (insn.getOpcode() == Opcodes.LRETURN) {
                InsnList code = new InsnList();
                code.add(new InsnNode(Opcodes.DUP2));
                code.add(new VarInsnNode(Opcodes.LLOAD, local));
                code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, GUARD, name, "(JJ)V"));
                method.instructions.insertBefore(insn, code);
            }
        }
    }
}
