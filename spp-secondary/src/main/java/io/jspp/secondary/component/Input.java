package io.jspp.secondary.component;

import io.jspp.net.VlanOperation;
import io.jspp.patch.PatchEnd;
import io.jspp.port.RxQueue;

/**
 * A port a component receives from.
 *
 * @param id as the operator named it
 * @param queue or all queues of the port as one; owned by the {@link ComponentGraph}
 * @param vlan done to each frame before the component looks at it
 */
public record Input(PatchEnd id, RxQueue queue, VlanOperation vlan) {}
