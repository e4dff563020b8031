/** What was learnt about how one server can be asked for a sign of life. */

/** Kept over the epochs of a server. */
export interface PulseHabit {
  /** What it answers: pings, as the protocol wants; only lists; or nothing that can be asked without harm. */
  question: 'ping' | 'list' | 'none';
}

/** A server of which nothing is known yet. */
export function newPulseHabit(): PulseHabit {
  return { question: 'ping' };
}
