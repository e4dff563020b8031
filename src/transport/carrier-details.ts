/** What may be shown of what a transport runs over. Kept apart, so that the public types reach no SDK transport. */

import type { TransportKind } from '../config/server-config.ts';

/** What may be shown of a carrier. */
export interface CarrierDetails {
  /** How messages are moved, also where that had to be found out. */
  readonly transport: TransportKind;
  readonly pid?: number | undefined;
  /** The session id, cut so that it cannot be used. */
  readonly sessionId?: string | undefined;
}
