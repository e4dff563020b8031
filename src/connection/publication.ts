/** What an epoch makes known while it serves: the way from a server's name to the link that calls go over. */

import type { Link, ServerIdentity } from '../link/link.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import type { CarrierDetails } from '../transport/carrier-details.ts';

/** What may be seen of a carrier, while it runs and after. */
export interface ShownCarrier {
  readonly details: CarrierDetails;
  recentStderr?(): readonly string[];
}

/** A serving epoch, as the rooms above see it. */
export interface Publication {
  readonly server: string;
  readonly epoch: number;
  readonly link: Link;
  readonly identity: ServerIdentity;
  readonly connectedAtMs: number;
  readonly carrier: ShownCarrier;
  /** Ask for the tools again; `listed` takes them. */
  readonly refreshTools: () => void;
  /** Tell that a call was answered: the attempts that it took to get here are refunded when the epoch ends by a fault. */
  readonly served: () => void;
}

/** Takes publications. Called in the same turn in which the state of the connection changes. */
export interface Publisher {
  /** The carrier of an epoch runs: its process can be looked at, whether or not it ever serves. */
  began(server: string, epoch: number, carrier: ShownCarrier): void;
  /** The epoch serves from now on. */
  publish(publication: Publication): void;
  /** The epoch serves no more; a publication of a newer epoch stays. */
  withdraw(publication: Publication): void;
  /** The tools of a server as an epoch saw them, complete. */
  listed(server: string, epoch: number, list: EntryList<'tools'>): void;
}
