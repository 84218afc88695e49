import type { Act, RuleHandle } from '../emulators/faults.ts';
import type { SlackFault } from '../emulators/slack.ts';
import type { World } from '../world/world.ts';

/** Everything that faults.ts can do to a call. */
const acts: readonly Act[] = [
  'dropBefore',
  'dropAfter',
  'reset',
  'delay',
  'delayAnswer',
  'hold',
  'holdAnswer',
  'cutBody',
  'html200',
  'answer',
  'answerAfter',
  429,
  503,
  '500After',
];
/** Slack's own: status 200, and `fatal_error` in the body. */
const slackActs: readonly SlackFault['act'][] = [...acts, 'okFalse', 'okFalseAfter'];

/** Longest that a call is delayed or held, in ms: well within what the controllers wait before they are sure. */
const longest = 400;

/** From now on this share of all calls suffers, drawn from the seed. The returned function ends it and counts. */
export function trouble(world: World, share: number, seed: number): () => number {
  const rules: RuleHandle[] = [];
  const usual = { ms: longest, body: '', retryAfter: 1 };
  for (const [i, act] of slackActs.entries())
    rules.push(world.slack.fault({ ...usual, act, probability: share / slackActs.length, seed: seed * 100 + i }));
  for (const [i, act] of acts.entries())
    rules.push(world.faults.rule({ ...usual, act, probability: share / acts.length, seed: seed * 100 + 50 + i }));
  const letGo = setInterval(() => rules.forEach((rule) => rule.release()), longest);
  return () => {
    clearInterval(letGo);
    const suffered = rules.reduce((sum, { hits }) => sum + hits, 0);
    for (const rule of rules) rule.remove();
    return suffered;
  };
}
