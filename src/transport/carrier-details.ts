/** What may be shown of what a transport runs over. Kept apart, so that the public types reach no SDK transport. */

/** What may be shown of a carrier. */
export interface CarrierDetails {
  readonly pid?: number | undefined;
  /** The session id, cut so that it cannot be used. */
  readonly sessionId?: string | undefined;
}
