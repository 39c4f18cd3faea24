package io.jspp.secondary.vf;

import io.jspp.secondary.SecondaryMain;

/** {@code ./spp vf EAL… -- --client-id ID -s HOST:PORT}: a secondary that runs components. */
public final class VfMain {
    private VfMain() {}

    public static void main(String[] args) {
        SecondaryMain.run("vf", Vf::new, args);
    }
}
