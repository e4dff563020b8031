/** The machines that a page can show, by the name in `<!-- machine:name -->`. Only read, never started. */

import type { ConnectionMachineContext } from '../../src/connection/behaviour.ts';
import { createConnectionMachine } from '../../src/connection/machine.ts';
import type { SupervisorMachineContext } from '../../src/supervisor/behaviour.ts';
import { createSupervisorMachine } from '../../src/supervisor/machine.ts';
import type { ChartNode } from './machine-diagram.ts';

// What a machine is made with is only used once it runs.
const unused: unknown = {};

/** The top of each chart. */
export const MACHINES: Readonly<Record<string, ChartNode>> = {
  connection: createConnectionMachine(unused as ConnectionMachineContext).root,
  supervisor: createSupervisorMachine(unused as SupervisorMachineContext).root,
};
