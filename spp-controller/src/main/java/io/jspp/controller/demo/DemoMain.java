package io.jspp.controller.demo;

import io.jspp.config.ExitCode;
import io.jspp.controller.main.MainCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./spp demo}: the product's main job, shown on real processes and sockets of this machine. */
@Command(
        name = "spp demo",
        description =
                "Starts controller, primary, nfv and two guests, wires them through the shell, pings, loads, kills and"
                        + " resumes. Ends with PASS and leaves nothing behind.")
public final class DemoMain extends MainCommand {
    @Parameters(
            arity = "0..1",
            defaultValue = "vhost",
            paramLabel = "SCENE",
            description = "vhost (default, any user): two guests on vhost-user sockets;"
                    + " ping (any user; root installs QEMU): a Linux guest pings the switch, which prints the packets;"
                    + " netns (root, or inside unshare -Urn): two network namespaces on AF_PACKET ports")
    private String scene;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            paramLabel = "N",
            description = "length of the load, or of the pings, 1..600 (5)")
    private int seconds;

    public static void main(String[] arguments) {
        System.exit(new DemoMain().run(arguments));
    }

    @Override
    public Integer call() {
        if (seconds < 1 || seconds > 600) {
            throw usage("--seconds " + seconds + ": 1 to 600 expected");
        }
        Scene chosen = switch (scene) {
            case "vhost" -> new VhostScene(seconds);
            case "ping" -> new PingScene(seconds);
            case "netns" -> new NetnsScene();
            default -> throw usage("no scene \"" + scene + "\": vhost, ping or netns expected");
        };
        try (Stage stage = new Stage(System.out)) {
            chosen.play(stage);
        } catch (DemoFailure e) {
            System.err.println("demo: " + e.getMessage());
            return ExitCode.FAILED;
        } catch (IllegalStateException e) {
            System.err.println("demo: " + e.getMessage() + System.lineSeparator()
                    + "demo: next step: ./spp doctor; then the same command by hand, with --log-level debug");
            return ExitCode.FAILED;
        }
        System.out.println("PASS");
        return ExitCode.OK;
    }
}
