/** Whether this host has a network at all: not whether any server can be reached over it. */

import { networkInterfaces } from 'node:os';

/** Tells whether the host has a network. */
export interface Network {
  /** Whether there is one now. Asked every few seconds, so it must be quick. What throws counts as yes. */
  isUp(): boolean;
}

/** The network of the host: up while an interface that is no loopback is running and has an address. */
export const systemNetwork: Network = {
  // Only interfaces that are up and have a carrier are listed.
  isUp: () => Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal)),
};
