/** This library, told which era its servers speak: like the raw client, it asks them no question before the handshake. */

import type { Subject } from './subject.ts';
import { subject as supervisor } from './supervisor.ts';

export const subject: Subject = {
  open: (targets) => supervisor.open(targets, {}, 'initialize'),
};
