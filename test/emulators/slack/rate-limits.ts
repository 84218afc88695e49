/** Calls a minute by tier: https://docs.slack.dev/apis/web-api/rate-limits. */
const tiers = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

const tier3 =
  /^(chat\.(update|delete)|conversations\.(info|invite|join|open|history|replies)|users\.(conversations|lookupByEmail)|bookmarks\.list|canvases\.edit|reactions\.add|apps\.connections\.open)$/;
const tier4 = /^(chat\.postEphemeral|views\..*|users\.info|conversations\.members|files\..*)$/;

function tierOf(method: string): keyof typeof tiers {
  if (tier3.test(method)) return 3;
  return tier4.test(method) ? 4 : 2;
}

/** Calls a minute of this method that one app may make in one workspace. Messages: "several hundred". */
export const quotaOf = (method: string): number => (method === 'chat.postMessage' ? 300 : tiers[tierOf(method)]);

const minute = 60_000;

interface Limit {
  readonly key: string;
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
}

/** Counts calls as Slack does, per method and workspace, and messages per channel. */
export class RateLimits {
  readonly #seen = new Map<string, number[]>();

  /** Seconds to wait, or undefined when the call is within its limits, which are then used. */
  refuse(method: string, channel: string | undefined, now: number): number | undefined {
    const limits = limitsOf(method, channel);
    for (const limit of limits) {
      const recent = (this.#seen.get(limit.key) ?? []).filter((at) => at > now - limit.window);
      this.#seen.set(limit.key, recent);
      const oldest = recent[0];
      if (oldest !== undefined && recent.length >= limit.most)
        return Math.max(1, Math.ceil((oldest + limit.window - now) / 1_000));
    }
    for (const { key } of limits) this.#seen.get(key)?.push(now);
    return undefined;
  }
}

function limitsOf(method: string, channel: string | undefined): Limit[] {
  // Special tiers: auth.test has hundreds; chat.postMessage counts by channel, one a second, short bursts let through.
  if (method === 'auth.test') return [];
  const whole: Limit = { key: method, most: quotaOf(method), window: minute };
  if (method !== 'chat.postMessage') return [whole];
  return [
    { key: `burst ${channel ?? ''}`, most: 2, window: 1_500 },
    { key: `channel ${channel ?? ''}`, most: 62, window: minute },
    whole,
  ];
}
