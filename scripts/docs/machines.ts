/** The machines that a page can show, by the name in `<!-- machine:name -->`. Only read, never started. */

import { connectionMachine } from '../../src/connection/machine.ts';
import { supervisorMachine } from '../../src/supervisor/machine.ts';
import type { ChartNode } from './machine-diagram.ts';

/** The top of each chart. */
export const MACHINES: Readonly<Record<string, ChartNode>> = {
  connection: connectionMachine().root,
  supervisor: supervisorMachine().root,
};
