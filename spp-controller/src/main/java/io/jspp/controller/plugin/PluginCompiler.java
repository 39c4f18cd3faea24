package io.jspp.controller.plugin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;

/** Makes an object of a plugin's source: one file, compiled in memory against the classes of the shell. */
public final class PluginCompiler {
    private static final int SHOWN_ERRORS = 5;

    private final Supplier<JavaCompiler> compilers;

    /** @param compilers asked for the JDK's with each file; gives null when this Java has none */
    public PluginCompiler(final Supplier<JavaCompiler> compilers) {
        this.compilers = compilers;
    }

    /**
     * Compiles a file and makes the plugin in it.
     *
     * @param file for messages
     * @throws PluginException with the file and line of each mistake
     */
    public ShellPlugin compile(final Path file, final String source) throws PluginException {
        final JavaCompiler compiler = compilers.get();
        if (compiler == null) {
            throw new PluginException(file + " has to be compiled, and this Java (" + System.getProperty("java.home")
                    + ") has no compiler: point SPP_JAVA_HOME to a JDK, or write a script of shell lines");
        }
        final DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        final Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();
        try (JavaFileManager standard =
                        compiler.getStandardFileManager(diagnostics, Locale.ENGLISH, StandardCharsets.UTF_8);
                JavaFileManager files = new MemoryFiles(standard, classes)) {
            final boolean compiled = compiler.getTask(
                            new StringWriter(),
                            files,
                            diagnostics,
                            List.of("-proc:none", "-nowarn", "-g", "-cp", System.getProperty("java.class.path")),
                            null,
                            List.of(new Source(file, source)))
                    .call();
            if (!compiled) {
                throw new PluginException(mistakes(file, diagnostics.getDiagnostics()));
            }
        } catch (final IOException impossible) {
            throw new PluginException(file + ": " + impossible, impossible);
        }
        return instance(file, classes);
    }

    private static String mistakes(final Path file, final List<Diagnostic<? extends JavaFileObject>> diagnostics) {
        final List<String> mistakes = new ArrayList<>();
        for (final Diagnostic<? extends JavaFileObject> diagnostic : diagnostics) {
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
                final String line =
                        diagnostic.getLineNumber() == Diagnostic.NOPOS ? "" : ":" + diagnostic.getLineNumber();
                final String text =
                        diagnostic.getMessage(Locale.ENGLISH).strip().replaceAll("\\s*\\R\\s*", "; ");
                mistakes.add(file + line + ": " + text);
            }
        }
        final int more = mistakes.size() - SHOWN_ERRORS;
        return String.join("\n", mistakes.subList(0, Math.min(mistakes.size(), SHOWN_ERRORS)))
                + (more > 0 ? "\nand " + more + " more" : "");
    }

    private static ShellPlugin instance(final Path file, final Map<String, ByteArrayOutputStream> classes)
            throws PluginException {
        final ClassLoader loader = new MemoryLoader(classes);
        final List<Class<?>> candidates = new ArrayList<>();
        try {
            for (final String name : classes.keySet()) {
                final Class<?> type = loader.loadClass(name);
                if (ShellPlugin.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                    candidates.add(type);
                }
            }
            if (candidates.size() != 1) {
                throw new PluginException(file + " has " + candidates.size() + " classes that implement "
                        + ShellPlugin.class.getName() + ", one is needed");
            }
            final var constructor = candidates.get(0).getDeclaredConstructor();
            constructor.setAccessible(true); // the class may be package-private, as its file has another name
            return (ShellPlugin) constructor.newInstance();
        } catch (final InvocationTargetException thrown) {
            throw new PluginException(PluginFault.describe(file, thrown.getCause()), thrown.getCause());
        } catch (final ReflectiveOperationException | LinkageError unusable) {
            throw new PluginException(
                    file + ": its class needs a constructor without parameters (" + unusable + ')', unusable);
        }
    }

    /** The text to compile; a public class in it may have any name. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(final Path file, final String text) {
            super(file.toUri(), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public boolean isNameCompatible(final String simpleName, final Kind kind) {
            return true;
        }
    }

    /** Classes are written to memory. */
    private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        MemoryFiles(final JavaFileManager standard, final Map<String, ByteArrayOutputStream> classes) {
            super(standard);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                final Location location,
                final String className,
                final JavaFileObject.Kind kind,
                final FileObject sibling) {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            classes.put(className, bytes);
            return new SimpleJavaFileObject(URI.create("memory:/" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }
    }

    /** Classes from memory; each load of a plugin has its own, so that it can be loaded again after a change. */
    private static final class MemoryLoader extends ClassLoader {
        private final Map<String, ByteArrayOutputStream> classes;

        MemoryLoader(final Map<String, ByteArrayOutputStream> classes) {
            super(PluginCompiler.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(final String name) throws ClassNotFoundException {
            final ByteArrayOutputStream bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes.toByteArray(), 0, bytes.size());
        }
    }
}
