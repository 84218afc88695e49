/** Calls a minute by tier: https://docs.slack.dev/apis/web-api/rate-limits. */
const tiers = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

const tier3 =
  /^(chat\.(update|delete)|conversations\.(info|invite|join|open|history|replies)|users\.(conversations|lookupByEmail)|bookmarks\.list|reactions\.add)$/;
const tier4 = /^(chat\.postEphemeral|views\..*|users\.info|conversations\.members|files\..*)$/;

function tierOf(method: string): keyof typeof tiers {
  if (tier3.test(method)) return 3;
  return tier4.test(method) ? 4 : 2;
}

/** Counts calls as Slack does, per method and workspace, and messages per channel. */
export class RateLimits {
  readonly #seen = new Map<string, number[]>();

  /** Seconds to wait, or undefined when the call is within its limits, which are then used. */
  refuse(method: string, channel: string | undefined, now: number): number | undefined {
    // Special tiers: auth.test has hundreds; chat.postMessage counts by channel, a short burst is let through.
    if (method === 'auth.test') return undefined;
    if (method === 'chat.postMessage') {
      return this.#over(`message ${channel ?? ''}`, 2, 1_500, now) ?? this.#over('messages', 300, 60_000, now);
    }
    return this.#over(method, tiers[tierOf(method)], 60_000, now);
  }

  #over(key: string, most: number, window: number, now: number): number | undefined {
    const recent = (this.#seen.get(key) ?? []).filter((at) => at > now - window);
    this.#seen.set(key, recent);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= most) return Math.max(1, Math.ceil((oldest + window - now) / 1000));
    recent.push(now);
    return undefined;
  }
}
