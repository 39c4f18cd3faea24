package io.jspp.controller.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jspp.controller.json.Json;
import io.jspp.controller.plugin.PluginCompiler;
import io.jspp.controller.plugin.PluginException;
import io.jspp.testing.ProjectHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands of the shell as classes: what they may do, and that none of their mistakes ends it. */
class JavaPluginTest extends ShellFixture {
    private static final String IMPORTS = "import io.jspp.controller.plugin.*;\nimport java.util.*;\n";

    private Path plugins;

    JavaPluginTest() {
        super(false);
    }

    @BeforeEach
    void start() throws IOException {
        plugins = Files.createDirectory(directory.resolve("plugins"));
        assertEquals(0, shell.run("cd " + directory));
        shell.out();
    }

    private Path write(final String name, final String members) throws IOException {
        return Files.writeString(
                plugins.resolve(name + ".java"), IMPORTS + "class Any implements ShellPlugin {\n" + members + "\n}\n");
    }

    private static String running(final String statements) {
        return "public String help() { return \"Help.\"; }\n"
                + "public void run(List<String> words, PluginShell shell) throws Exception {\n" + statements + "\n}";
    }

    @Test
    void shouldHelpCompleteRunAndPrintJson() throws IOException {
        write("ids", """
            public String help() {
                return "List the ids of a kind of process.";
            }

            public List<String> complete(String typed, PluginShell shell) {
                return typed.contains(" ") ? List.of() : List.of("nfv", "vf");
            }

            public void run(List<String> words, PluginShell shell) throws PluginException {
                List<Object> ids = new ArrayList<>();
                for (Object each : (List<?>) shell.get("/v1/processes")) {
                    Map<?, ?> process = (Map<?, ?>) each;
                    if (process.get("type").equals(words.get(0))) {
                        ids.add(process.get("client-id"));
                    }
                }
                if (shell.isJson()) {
                    shell.printJson(ids);
                } else {
                    shell.println(words.get(0) + ": " + ids);
                    shell.run("nfv 1; add ring:" + words.get(1));
                }
            }
            """);
        assertEquals(
                0,
                shell.run("load_cmd ids", "help ids", "ids nfv  3", "ids nfv -o json", "help ids -o json", "ids vf 4"));
        assertEquals("""
            Module 'ids' loaded.
            List the ids of a kind of process.

            nfv: [1]
            Add ring:3.
            [1]
            {"help": "List the ids of a kind of process.\\n"}
            vf: []
            Add ring:4.
            """, shell.out());
        assertEquals(List.of("vf"), shell.complete("ids v"));
        assertTrue(shell.complete("id").contains("ids"));
        assertTrue(shell.complete("load_cmd ").contains("ids"));
    }

    /** Each is one error of its line; the last line shows that the shell goes on. */
    @Test
    void shouldSurviveWhateverAPluginThrows() throws IOException {
        final Path file = write("fail", running("""
            switch (words.get(0)) {
                case "said" -> throw new PluginException("\\"" + words.get(1) + "\\" is no port");
                case "thrown" -> throw new IllegalStateException("no");
                case "deep" -> run(words, shell);
                case "line" -> shell.run("nfv 7; status");
                case "away" -> shell.get("/v1/nfvs/7");
                default -> shell.run("fail again");
            }"""));
        assertEquals(0, shell.run("load_cmd fail"));
        assertEquals("Error: \"x\" is no port", failure("fail said x"));
        assertEquals("Error: " + file + ":8: java.lang.IllegalStateException: no", failure("fail thrown"));
        assertTrue(failure("fail deep").matches("Error: " + file + ":[69]: java.lang.StackOverflowError"));
        assertEquals("\"nfv 7\" does not exist.", failure("fail line"));
        assertTrue(failure("fail away").startsWith("Error: "));
        assertEquals("Error: the plugin fail calls itself more than 16 deep.", failure("fail self"));
        assertTrue(failure("fail").startsWith("Error: " + file + ":6: java.lang."));
        assertEquals(0, shell.run("nfv 1; add ring:0"));
    }

    private String failure(final String line) {
        return assertThrows(ShellException.class, () -> shell.type(line)).getMessage();
    }

    @Test
    void shouldSurviveHelpAndCompletionThatFail() throws IOException {
        final Path file = write("broken", """
            public String help() { throw new IllegalStateException("none"); }
            public List<String> complete(String typed, PluginShell shell) { throw new IllegalStateException(); }
            public void run(List<String> words, PluginShell shell) {}
            """);
        assertEquals(0, shell.run("load_cmd broken", "help broken"));
        assertTrue(
                shell.out().contains("The plugin cannot help: " + file + ":4: java.lang.IllegalStateException: none"));
        assertEquals(List.of(), shell.complete("broken "));
    }

    @Test
    void shouldNameEachMistakeAndKeepTheCommandThatWasThere() throws IOException {
        final Path file = write("mine", running("shell.println(\"first\");"));
        assertEquals(0, shell.run("load_cmd mine"));
        write("mine", running("shell.print(\"second\");\nint i = \"two\";"));
        assertEquals(
                "Error: " + file + ":6: cannot find symbol; symbol:   method print(java.lang.String); "
                        + "location: variable shell of type io.jspp.controller.plugin.PluginShell\n" + file
                        + ":7: incompatible types: java.lang.String cannot be converted to int",
                failure("load_cmd mine"));
        shell.out();
        assertEquals(0, shell.run("mine"));
        assertEquals("first\n", shell.out());
        write("mine", running("shell.println(\"third\");"));
        assertEquals(0, shell.run("load_cmd mine", "mine"));
        assertEquals("Module 'mine' loaded.\nthird\n", shell.out());
    }

    @Test
    void shouldWantOneClassThatCanBeMade() throws IOException {
        final Path file = plugins.resolve("odd.java");
        Files.writeString(file, "class Odd {}\n");
        assertEquals(
                "Error: " + file + " has 0 classes that implement io.jspp.controller.plugin.ShellPlugin, one is needed",
                failure("load_cmd odd"));
        write("odd", "Any(int i) {}\n" + running(""));
        assertTrue(failure("load_cmd odd").contains("needs a constructor without parameters"));
        write("odd", "static int none = List.of(1).get(7);\n" + running(""));
        assertTrue(failure("load_cmd odd").startsWith("Error: " + file), "a static part that fails");
        write("odd", "Any() { throw new IllegalStateException(\"no\"); }\n" + running(""));
        assertEquals("Error: " + file + ":4: java.lang.IllegalStateException: no", failure("load_cmd odd"));
        assertFalse(shell.complete("").contains("odd"));
    }

    @Test
    void shouldSayThatAJavaWithoutCompilerNeedsAJdk() {
        final PluginException refused = assertThrows(
                PluginException.class,
                () -> new PluginCompiler(() -> null).compile(Path.of("/p/mine.java"), "class Mine {}"));
        assertEquals(
                "/p/mine.java has to be compiled, and this Java (" + System.getProperty("java.home")
                        + ") has no compiler: point SPP_JAVA_HOME to a JDK, or write a script of shell lines",
                refused.getMessage());
    }

    /** The example that comes with the product; with real drops in RecipesIT. */
    @Test
    void shouldRunTheExample() throws IOException {
        Files.copy(ProjectHome.directory().resolve("conf/plugins/drops.java"), plugins.resolve("drops.java"));
        assertEquals(0, shell.run("load_cmd drops", "drops", "drops -o json"));
        assertEquals("Module 'drops' loaded.\n[]\n", shell.out());
        assertEquals(List.of("nfv:1"), shell.complete("drops n"));
        assertEquals("Error: \"nfv\" is no TYPE:ID, such as nfv:1", failure("drops nfv"));
        assertEquals(Map.of("help", "Show what"), Map.of("help", help("drops").substring(0, 9)));
    }

    private String help(final String name) throws IOException {
        assertEquals(0, shell.run("help " + name + " -o json"));
        return Json.asObject(Json.parse(shell.out())).get("help").toString();
    }
}
