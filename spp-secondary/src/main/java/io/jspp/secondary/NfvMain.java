package io.jspp.secondary;

/** {@code ./spp nfv EAL… -- -n ID -s HOST:PORT}: a secondary that patches ports. */
public final class NfvMain {
    private NfvMain() {}

    public static void main(String[] args) {
        SecondaryMain.run("nfv", Nfv::new, args);
    }
}
