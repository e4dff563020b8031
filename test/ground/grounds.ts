/** The ground of machines whose epochs are scripted: a simulated clock, chance as given, and numbers of its own. */

import { EpochNumbers } from '../../src/connection/epoch-numbers.ts';
import { type Ground, type GroundParts, groundOn } from '../../src/connection/ground.ts';
import { Lives } from '../../src/connection/lives.ts';
import type { SimulatedClock } from '../../src/testing/simulated-clock.ts';

/** Put machines on a clock that a test moves. Epochs come from the logic that the machine is given. */
export function scriptedGround(clock: SimulatedClock, parts: Partial<Omit<GroundParts, 'beginEpoch'>> = {}): Ground {
  const beginEpoch = () => {
    throw new Error('epochs are scripted');
  };
  const unheard = { lives: new Lives(), hear: () => {} };
  return groundOn(clock, { random: () => 0, numbers: new EpochNumbers(), ...unheard, beginEpoch, ...parts });
}
