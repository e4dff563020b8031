/** What the runner and a measuring process say to each other. */

import type { Case, Figures } from '../scenario.ts';

/** What the runner asks for; each order is answered by its number. */
export type Order = { readonly number: number } & (
  | {
      readonly verb: 'open';
      readonly scenario: string;
      readonly subject: string;
      readonly module: string;
      readonly case: Case;
      readonly ports: readonly number[];
      readonly isShort: boolean;
      /** Tell where the time went instead of what was measured. */
      readonly isProfiled: boolean;
    }
  | { readonly verb: 'round' }
  | { readonly verb: 'close' }
);

/** How an order ended. */
export interface Answer {
  readonly number: number;
  readonly figures?: Figures;
  readonly error?: string;
}
