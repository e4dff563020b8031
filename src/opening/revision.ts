/**
 * One configuration of a server, with what is made of it: the vault that epochs are opened from. It holds the secrets,
 * and is known to the machines by its number alone.
 */

import type { Authorizable } from '../authorization/desk.ts';
import { effectiveConfig, type SupervisionPlan } from '../config/effective.ts';
import { LearnedSecrets } from '../config/learned-secrets.ts';
import { createScrubber, describeEndpoint, type RedactedConfig, redactConfig } from '../config/redaction.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { newPulseHabit } from '../connection/pulse-habit.ts';

/** What may be shown of a configuration. */
interface ShownConfig {
  readonly config: RedactedConfig;
  readonly endpoint: string;
}

/** A configuration of a server. */
export class Revision implements Authorizable {
  readonly config: ServerConfig;
  /** Unique in its directory. */
  readonly number: number;
  readonly plan: SupervisionPlan;
  /** Secrets that were not configured, but came up since. */
  readonly learned = new LearnedSecrets();
  /** Takes the secrets of this configuration out of a text, and those that were learnt. */
  readonly scrub: (text: string) => string;
  /** What was learnt about how the server can be asked for a sign of life. */
  readonly habit = newPulseHabit();
  authorizer: Authorizable['authorizer'];
  #shown: ShownConfig | undefined;

  constructor(config: ServerConfig, number: number) {
    this.config = config;
    this.number = number;
    this.plan = effectiveConfig(config);
    this.scrub = createScrubber(config, this.learned);
  }

  /** Make now what is otherwise made when it is first asked for: while the server starts, nobody waits for its host. */
  prepare(): void {
    this.show();
    this.scrub('');
  }

  /** What may be shown of it, and does not change. */
  show(): ShownConfig {
    this.#shown ??= { config: redactConfig(this.config), endpoint: describeEndpoint(this.config) };
    return this.#shown;
  }
}
