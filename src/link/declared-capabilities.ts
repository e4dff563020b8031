/** What is declared to a server in the handshake. */

import type { Era, SessionObserver } from './link.ts';
import { TASKS_EXTENSION } from './remote-task.ts';

/** What can be declared. */
export interface DeclaredCapabilities {
  roots?: { listChanged?: true };
  elicitation?: { form: Record<string, never>; url: Record<string, never> };
  sampling?: { tools?: Record<string, never> };
  extensions?: Record<string, Record<string, never>>;
}

/** What is declared to a server: exactly what the observer stands behind, and tasks in the era that declares them. */
export function declaredCapabilities({ roots, elicit, sampling }: SessionObserver, era: Era): DeclaredCapabilities {
  return {
    ...(roots === undefined ? undefined : { roots: era === 'initialize' ? { listChanged: true } : {} }),
    ...(elicit === undefined ? undefined : { elicitation: { form: {}, url: {} } }),
    ...(sampling === undefined ? undefined : { sampling: sampling.tools ? { tools: {} } : {} }),
    ...(era === 'initialize' ? undefined : { extensions: { [TASKS_EXTENSION]: {} } }),
  };
}
